"""OpenAPI of GET v1/pending/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from starterkit_core.openapi import describe

list_pending = describe(
    operation_id="terms_list_pending",
    tags=["Terms"],
    summary="Read what I must accept",
    description=(
        "Returns every mandatory version in force that I have not accepted, and by "
        "when. While one of them is `blocking`, other endpoints answer "
        "`terms_acceptance_required`; this one does not."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
)
