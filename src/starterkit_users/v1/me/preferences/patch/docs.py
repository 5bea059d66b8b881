"""OpenAPI of PATCH v1/me/preferences/."""

from starterkit_core.openapi.describe import describe

update_preferences = describe(
    operation_id="users_update_preferences",
    tags=["Users"],
    summary="Change my preferences",
    description=(
        "Changes only the preferences sent, and returns all. `null` sets one back to "
        "its default. Two devices that change different ones do not disturb each other."
    ),
)
