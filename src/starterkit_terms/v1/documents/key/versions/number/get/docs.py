"""OpenAPI of GET v1/documents/<key>/versions/<number>/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.documents.examples import TEXT, WORDING

read_version = describe(
    operation_id="terms_read_version",
    tags=["Terms"],
    summary="Read one version of a document",
    description=(
        "Returns a version that was in force or is announced, in the best language for "
        "`Accept-Language`, with its hashes. The answer never changes, so caches keep "
        "it for long. Needs no sign-in."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
        OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "A version",
            value={
                **WORDING,
                **TEXT,
                "published_at": "2026-11-01T09:30:00Z",
                "html_hash": "8b1a9953c4611296a827abf8c47804d7"
                "8b1a9953c4611296a827abf8c47804d7",
                "renderer": "markdown-it-py 4.3.0, nh3 0.3.8",
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
