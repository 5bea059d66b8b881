"""OpenAPI of POST v1/email/change."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

start_email_change = describe(
    operation_id="auth_start_email_change",
    tags=["Auth"],
    summary="Ask for another e-mail address",
    description=(
        "Mails a six-digit code and a link to the new address; send either of them to "
        "`email/change/confirmation`. Until then the address stays as it is. The "
        "answer is the same when the new one is taken. Asking again voids what was "
        "mailed before.\n\n"
        "Takes a recent proof of who I am, and a sign-in counts as one: on "
        "`step_up_required` call `session/step-up`, then repeat this."
    ),
    examples=[
        OpenApiExample(
            "A new address", value={"email": "ada@example.org"}, request_only=True
        ),
        OpenApiExample(
            "Look into its mail",
            value={"email": "ada@example.org", "status": "confirmation_sent"},
            response_only=True,
            status_codes=["202"],
        ),
    ],
)
