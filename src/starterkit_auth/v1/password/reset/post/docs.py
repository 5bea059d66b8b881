"""OpenAPI of POST v1/password/reset."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

start_password_reset = describe(
    operation_id="auth_start_password_reset",
    tags=["Auth"],
    summary="Ask for a new password",
    description=(
        "If there is an account with this address, its owner gets a mail with a "
        "six-digit code and a link; send either of them to "
        "`password/reset/confirmation`. The answer is the same for every address, "
        "whether or not a mail goes out. A newer mail voids the former."
    ),
    examples=[
        OpenApiExample(
            "I forgot it", value={"email": "ada@example.com"}, request_only=True
        ),
        OpenApiExample(
            "Look into your mail",
            value={"email": "ada@example.com", "status": "reset_sent"},
            response_only=True,
            status_codes=["202"],
        ),
    ],
)
