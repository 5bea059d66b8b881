"""OpenAPI of POST v1/registration/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

register = describe(
    operation_id="auth_register",
    tags=["Auth"],
    summary="Sign up",
    description=(
        "Sends a mail with a six-digit code and a link; either of them confirms the "
        "address and opens the first session, at `registration/confirmation`. The "
        "answer is the same whether or not there is an account already, unless the "
        "project has chosen otherwise.\n\n"
        "A password may have any characters and is taken exactly as sent. "
        "`weak_password` carries `reasons`, a list of `code` and `detail`.\n\n"
        "The project may ask for more fields than the example has; they are listed "
        "below, and required ones that are missing are named in the refusal.\n\n"
        "Signing up again with an address that nobody has confirmed replaces the "
        "password and voids former codes."
    ),
    examples=[
        OpenApiExample(
            "Sign up",
            value={"email": "ada@example.com", "password": "a rose is a rose is a"},
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
