"""OpenAPI of GET v1/documents/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.documents.examples import DOCUMENT

list_documents = describe(
    operation_id="terms_list_documents",
    tags=["Terms"],
    summary="Read the documents in force",
    description=(
        "Returns the current version of every document, each in the best language for "
        "`Accept-Language`; `locale` says which one that is. "
        "`upcoming` has the versions that are announced. Needs no sign-in. Keep "
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
            value={"results": [DOCUMENT]},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
