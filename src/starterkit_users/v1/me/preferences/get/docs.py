"""OpenAPI of GET v1/me/preferences/."""

from starterkit_core.openapi.describe import describe

read_preferences = describe(
    operation_id="users_read_preferences",
    tags=["Users"],
    summary="Read my preferences",
    description=(
        "Returns every preference that this service knows. One that you have not set "
        "has its default."
    ),
)
