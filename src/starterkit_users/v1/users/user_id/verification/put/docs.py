"""OpenAPI of PUT v1/users/<user_id>/verification/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

verify_user = describe(
    operation_id="users_verify_user",
    tags=["Users"],
    summary="Mark the address of a user as verified",
    description=(
        "Saves that the user reads the mail of their address, without a mail: the next "
        "sign-in asks for no code. Needs Django's permission to change users, and "
        "every right of the user, and a recent proof of identity. Repeating it is "
        "safe. Your own address is refused: it is proven by its mail."
    ),
    examples=[
        OpenApiExample(
            "Proven in person",
            value={"reason": "Showed an identity card at the front desk"},
            request_only=True,
        ),
    ],
)
