"""OpenAPI of DELETE v1/me/avatar/."""

from starterkit_core.openapi.describe import describe

remove_avatar = describe(
    operation_id="users_remove_avatar",
    tags=["Users"],
    summary="Remove my picture",
    description="Deletes the picture. Without one, the answer is the same.",
)
