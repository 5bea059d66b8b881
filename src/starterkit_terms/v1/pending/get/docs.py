"""OpenAPI of GET v1/pending/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.documents.examples import UPCOMING, WORDING

list_pending = describe(
    operation_id="terms_list_pending",
    tags=["Terms"],
    summary="Read what I must accept",
    description=(
        "Returns every mandatory version in force that the user has not accepted, with "
        "its deadline `enforce_at`. While one of them is `blocking`, other endpoints "
        "return 403 `terms_acceptance_required`; this one does not. Consents on which "
        "the user has not decided are `optional`: they block nothing. "
        "`upcoming` has what is announced."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "One document",
            value={
                "results": [{**WORDING, "blocking": False, "optional": False}],
                "upcoming": [UPCOMING],
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
