"""OpenAPI of POST v1/password/reset."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

start_password_reset = describe(
    operation_id="auth_start_password_reset",
    tags=["Auth"],
    summary="Request a password reset",
    description=(
        "If there is an account with this address, its owner gets a mail with a "
        "six-digit code and a link; send either of them to "
        "`password/reset/confirmation/`. The response is the same for every address, "
        "whether or not a mail is sent. A new mail voids the former one."
    ),
    examples=[
        OpenApiExample(
            "Forgotten password", value={"email": "ada@example.com"}, request_only=True
        ),
        OpenApiExample(
            "Mail sent",
            value={"email": "ada@example.com", "status": "reset_sent"},
            response_only=True,
            status_codes=["202"],
        ),
    ],
)
