"""OpenAPI of GET v1/documents/<key>/versions/<number>/diff/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.documents.examples import WORDING

compare_versions = describe(
    operation_id="terms_compare_versions",
    tags=["Terms"],
    summary="Read what has changed since an earlier version",
    description=(
        "Compares a version with an earlier one, paragraph by paragraph, in the best "
        "language for `Accept-Language` that both have. Texts with thousands of "
        "paragraphs, or with very many equal ones, come as one `replace`. The answer "
        "never changes, so caches keep it for long. Needs no sign-in."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
        OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "A difference",
            value={
                "document": "terms",
                "since": 1,
                "number": 2,
                "locale": "en",
                "steps": [
                    {
                        "number": 2,
                        "label": "2026-11",
                        "change_class": "active",
                        "change_summary": "A new address.",
                    }
                ],
                "before": {
                    "title": "Terms of service",
                    "checkbox": "",
                    "content_hash": WORDING["content_hash"],
                },
                "after": {
                    "title": "Terms of service",
                    "checkbox": "I accept the terms.",
                    "content_hash": WORDING["content_hash"],
                },
                "hunks": [
                    {
                        "op": "replace",
                        "before": ["Old Road 1"],
                        "after": ["New Road 2"],
                    }
                ],
                "html": "<del><p>Old Road 1</p></del>\\n<ins><p>New Road 2</p></ins>",
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
