"""OpenAPI of POST v1/password/reset/confirmation."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

reset_password = describe(
    operation_id="auth_reset_password",
    tags=["Auth"],
    summary="Set a new password",
    description=(
        "Send what was mailed: either `email` and `code`, or the `token` of the link. "
        "Opening the link changes nothing: its page must send the token to this "
        "endpoint.\n\n"
        "Every session of the account ends, and the address counts as proven. Sign in "
        "with the new password next. Code and link work once; both are void as soon as "
        "one was used, a newer mail was sent, or the password was changed in another "
        "way. A code allows five tries by default. `weak_password` uses up none of "
        "them, and has `reasons`, a list of `code` and `detail`. Every code or token "
        "that is not valid gets `invalid_confirmation`, whatever the reason."
    ),
    examples=[
        OpenApiExample(
            "By code",
            value={
                "email": "ada@example.com",
                "code": "427916",
                "new_password": "a rose is a rose is a",
            },
            request_only=True,
        ),
        OpenApiExample(
            "By link",
            value={"token": "skl_AZ…", "new_password": "a rose is a rose is a"},
            request_only=True,
        ),
    ],
)
