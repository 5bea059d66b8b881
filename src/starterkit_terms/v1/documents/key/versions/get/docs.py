"""OpenAPI of GET v1/documents/<key>/versions/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe

list_versions = describe(
    operation_id="terms_list_versions",
    tags=["Terms"],
    summary="List the versions of a document",
    description=(
        "Returns every version that was in force or is announced, the newest first, "
        "without texts. `state` is `scheduled`, `published` (in force) or "
        "`superseded`. Needs no sign-in."
    ),
    parameters=[
        OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "One version",
            value={
                "results": [
                    {
                        "version": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
                        "number": 2,
                        "label": "2026-11",
                        "state": "published",
                        "change_class": "active",
                        "change_summary": "A new address.",
                        "announce_at": "2026-11-01T09:30:00Z",
                        "effective_at": "2026-11-22T09:30:00Z",
                        "enforce_at": "2026-12-22T09:30:00Z",
                        "authoritative_locale": "en",
                        "locales": ["en", "pt-br"],
                    }
                ]
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
