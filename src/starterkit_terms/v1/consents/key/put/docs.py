"""OpenAPI of PUT v1/consents/<key>/."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.consents.examples import GIVEN

decide_consent = describe(
    operation_id="terms_decide_consent",
    tags=["Terms"],
    summary="Give, refuse or withdraw a consent",
    description=(
        "To give or refuse it, send `version` and `content_hash` of the text that was "
        "shown; withdrawing needs neither, and is possible at any time. A retry is "
        "safe: a decision is not recorded twice. On `document_changed`, show the text "
        "in `current` and ask the user again.\n\n"
        "Without an account it is 401, unless the project lets visitors decide: then "
        "the answer has a `visitor_token`, which goes into the next decision, and into "
        "the sign-up or the header `Terms-Visitor-Token` of the sign-in."
    ),
    parameters=[
        OpenApiParameter("Accept-Language", OpenApiTypes.STR, OpenApiParameter.HEADER),
    ],
    examples=[
        OpenApiExample(
            "Give it",
            value={"state": "given"}
            | {name: GIVEN[name] for name in ("version", "content_hash")},
            request_only=True,
        ),
        OpenApiExample("Withdraw it", value={"state": "withdrawn"}, request_only=True),
        OpenApiExample(
            "A consent that was given",
            value=GIVEN,
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
