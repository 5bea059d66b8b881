"""OpenAPI of GET v1/documents/<key>/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.documents.examples import DOCUMENT

read_document = describe(
    operation_id="terms_read_document",
    tags=["Terms"],
    summary="Read one document in force",
    description=(
        "As in the list of documents, with `upcoming` for the versions that are "
        "announced. Needs no sign-in."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
        OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "A document",
            value=DOCUMENT,
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
