"""OpenAPI of GET v1/documents/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe

list_documents = describe(
    operation_id="terms_list_documents",
    tags=["Terms"],
    summary="Read the documents in force",
    description=(
        "Returns the current version of every document, each in the best language for "
        "`Accept-Language`; `locale` says which one that is. Needs no sign-in. Keep "
        "`version` and `content_hash`, which you send to accept a document. The "
        "response has an `ETag`; a request with `If-None-Match` returns 304 while the "
        "documents are unchanged."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
        OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER),
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
                        "mandatory": True,
                        "enforce_at": "2026-12-22T09:30:00Z",
                        "html": "<h1>Terms of service</h1>",
                        "source": "# Terms of service",
                    }
                ]
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
