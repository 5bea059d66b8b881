"""OpenAPI of GET v1/users/<user_id>/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.examples import USER_DETAILS

read_user = describe(
    operation_id="users_read_user",
    tags=["Users"],
    summary="Read a user",
    description="For administrators with Django's permission to view users.",
    examples=[
        OpenApiExample(
            "A user",
            value=USER_DETAILS,
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
