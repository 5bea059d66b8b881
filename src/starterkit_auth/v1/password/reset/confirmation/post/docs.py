"""OpenAPI of POST v1/password/reset/confirmation."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

reset_password = describe(
    operation_id="auth_reset_password",
    tags=["Auth"],
    summary="Choose a new password",
    description=(
        "Takes what was mailed: either `email` and `code`, or the `token` of the link. "
        "The page that the link opens sends it by this method, as opening a link "
        "changes nothing.\n\n"
        "Every session of the account ends, the address counts as proven, and signing "
        "in with the new password comes next. Code and link work once; both are void "
        "as soon as one was used, a newer mail was asked for, or the password was "
        "changed in another way. A code takes five tries. `weak_password` spends none, "
        "and carries `reasons`, a list of `code` and `detail`. To everything else that "
        "opens nothing the one answer is `invalid_confirmation`."
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
