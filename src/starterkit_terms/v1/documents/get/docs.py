"""OpenAPI of GET v1/documents/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from starterkit_core.openapi import describe

list_documents = describe(
    operation_id="terms_list_documents",
    tags=["Terms"],
    summary="Read the documents in force",
    description=(
        "Returns the current version of every document, each in the best language for "
        "`Accept-Language`; `locale` says which one that is. Needs no sign-in. Keep "
        "`version` and `content_hash`: accepting sends them back. The answer has an "
        "`ETag`; asking with `If-None-Match` is answered by 304 while nothing changed."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
        OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
)
