"""OpenAPI of GET v1/consents/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.consents.examples import GIVEN

list_consents = describe(
    operation_id="terms_list_consents",
    tags=["Terms"],
    summary="Read what I have consented to",
    description=(
        "Returns every consent in force with what the user decided. Consents are "
        "optional: no endpoint is blocked without them. The texts are in `documents`."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "One consent",
            value={"results": [GIVEN]},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
