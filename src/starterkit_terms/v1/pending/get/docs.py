"""OpenAPI of GET v1/pending/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe

list_pending = describe(
    operation_id="terms_list_pending",
    tags=["Terms"],
    summary="Read what I must accept",
    description=(
        "Returns every mandatory version in force that the user has not accepted, with "
        "its deadline `enforce_at`. While one of them is `blocking`, other endpoints "
        "return 403 `terms_acceptance_required`; this one does not."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "One document",
            value={
                "results": [
                    {
                        "document": "terms",
                        "nature": "contract",
                        "title": "Terms of service",
                        "version": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
                        "number": 2,
                        "label": "2026-11",
                        "change_summary": "A new address.",
                        "effective_at": "2026-11-22T09:30:00Z",
                        "locale": "en",
                        "locales": ["en", "pt-br"],
                        "content_hash": "9f86d081884c7d659a2feaa0c55ad015"
                        "a3bf4f1b2b0b822cd15d6c15b0f00a08",
                        "enforce_at": "2026-12-22T09:30:00Z",
                        "blocking": False,
                    }
                ]
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
