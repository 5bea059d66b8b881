"""OpenAPI of GET v1/roles/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

list_roles = describe(
    operation_id="users_list_roles",
    tags=["Users"],
    summary="List roles",
    description=(
        "The roles that users can have, with their permissions, and whether the caller "
        "may give each: no administrator gives a permission that they lack. For "
        "administrators with Django's permission to view users."
    ),
    examples=[
        OpenApiExample(
            "One role",
            value={
                "results": [
                    {
                        "key": "support",
                        "name": "Support",
                        "is_system": True,
                        "permissions": ["starterkit_users.view_user"],
                        "may_grant": True,
                    }
                ]
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
