"""OpenAPI of POST v1/registration/code."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

resend_code = describe(
    operation_id="auth_resend_code",
    tags=["Auth"],
    summary="Send the confirmation mail again",
    description=(
        "Mails a new code and link for a registration that is not confirmed yet; its "
        "former ones are void, and its token stays. The response is the same as for "
        "signing up: it does not reveal whether there is an account, or whether a mail "
        "was sent.\n\n"
        "An address gets at most one such mail in `code.resend_after` seconds (see "
        "`config/`), and the number per hour is limited."
    ),
    examples=[
        OpenApiExample(
            "Send it again",
            value={"registration_token": "skg_AZ…"},
            request_only=True,
        ),
        OpenApiExample(
            "Mail sent",
            value={"status": "confirmation_sent", "registration_token": "skg_AZ…"},
            response_only=True,
            status_codes=["202"],
        ),
    ],
)
