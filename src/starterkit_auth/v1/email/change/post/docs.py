"""OpenAPI of POST v1/email/change."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

start_email_change = describe(
    operation_id="auth_start_email_change",
    tags=["Auth"],
    summary="Request another e-mail address",
    description=(
        "Mails a six-digit code and a link to the new address; send either of them to "
        "`email/change/confirmation/`. Until then the address does not change. The "
        "response is the same if the new address is taken. A new request voids codes "
        "and links of former ones.\n\n"
        "Requires a recent proof of identity, and a sign-in counts as one: on "
        "`step_up_required` call `session/step-up/`, then retry."
    ),
    examples=[
        OpenApiExample(
            "A new address", value={"email": "ada@example.org"}, request_only=True
        ),
        OpenApiExample(
            "Mail sent",
            value={"email": "ada@example.org", "status": "confirmation_sent"},
            response_only=True,
            status_codes=["202"],
        ),
    ],
)
