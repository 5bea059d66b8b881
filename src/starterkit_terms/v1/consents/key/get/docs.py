"""OpenAPI of GET v1/consents/<key>/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.consents.examples import GIVEN

read_consent = describe(
    operation_id="terms_read_consent",
    tags=["Terms"],
    summary="Read one consent of mine",
    description="Returns a consent in force with what the user decided.",
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "A consent that was given",
            value=GIVEN,
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
