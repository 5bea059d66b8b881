"""OpenAPI of DELETE v1/users/<user_id>/suspension/."""

from starterkit_core.openapi.describe import describe

lift_suspension = describe(
    operation_id="users_lift_suspension",
    tags=["Users"],
    summary="Lift a suspension",
    description=(
        "For administrators with Django's permission to change users. The user can "
        "sign in again. Repeating it is safe. Asks for a recent proof of identity."
    ),
)
