"""OpenAPI of POST v1/registration/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

register = describe(
    operation_id="auth_register",
    tags=["Auth"],
    summary="Sign up",
    description=(
        "Sends a mail with a six-digit code and a link. Send either of them with the "
        "`registration_token` of this response to `registration/confirmation/`: that "
        "makes the account and opens its first session. The response is the same "
        "whether or not the address has an account, unless `registration_mode` in "
        "`config/` is `friendly`.\n\n"
        "A password may have any characters and is used exactly as sent. "
        "`weak_password` has `reasons`, a list of `code` and `detail`.\n\n"
        "The project may add fields that the example does not have; they are listed "
        "below, and the error names required ones that are missing.\n\n"
        "Several sign-ups may wait for one address, each with a mail and a token of "
        "its own. The first that is confirmed becomes the account; the others end."
    ),
    examples=[
        OpenApiExample(
            "Sign up",
            value={"email": "ada@example.com", "password": "a rose is a rose is a"},
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
