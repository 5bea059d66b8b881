"""OpenAPI of GET v1/users/<user_id>/roles/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

read_user_roles = describe(
    operation_id="users_read_user_roles",
    tags=["Users"],
    summary="Read the roles of a user",
    description="For administrators with Django's permission to view users.",
    examples=[
        OpenApiExample(
            "Two roles",
            value={"roles": ["editor", "support"]},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
