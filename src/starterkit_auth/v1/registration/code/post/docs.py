"""OpenAPI of POST v1/registration/code."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

resend_code = describe(
    operation_id="auth_resend_code",
    tags=["Auth"],
    summary="Send the confirmation mail again",
    description=(
        "Mails a new code and link to an address that was signed up and is not "
        "confirmed yet; former ones are void. The answer is always the one of signing "
        "up: whether there is an account, and whether a mail goes out, is told to "
        "nobody.\n\n"
        "An address gets one such mail in the `code.resend_after` seconds of `config`, "
        "and only so many in an hour."
    ),
    examples=[
        OpenApiExample(
            "Once more",
            value={"email": "ada@example.com"},
            request_only=True,
        ),
        OpenApiExample(
            "Look into your mail",
            value={"email": "ada@example.com", "status": "confirmation_sent"},
            response_only=True,
            status_codes=["202"],
        ),
    ],
)
