"""OpenAPI of PUT v1/users/<user_id>/roles/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

set_roles = describe(
    operation_id="users_set_roles",
    tags=["Users"],
    summary="Change the roles of a user",
    description=(
        "The user has exactly these roles afterwards; groups that are no roles stay. "
        "No administrator gives a role with a permission that they lack, changes a "
        "user who has a right that they lack, or, unless a superuser, changes their "
        "own roles. Needs Django's permission to change users, and a recent proof of "
        "identity."
    ),
    examples=[
        OpenApiExample("Two roles", value={"roles": ["editor", "support"]}),
    ],
)
