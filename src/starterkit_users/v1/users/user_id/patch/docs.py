"""OpenAPI of PATCH v1/users/<user_id>/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.examples import USER_DETAILS

update_user = describe(
    operation_id="users_update_user",
    tags=["Users"],
    summary="Change a user",
    description=(
        "Changes only the fields sent and returns the whole user. For administrators "
        "with Django's permission to change users. No administrator changes a user who "
        "has a right that they lack, nor gives or takes a right that they lack; only "
        "superusers change their own rights, and the last active one stays. A change "
        "of rights or of a phone number asks for a recent proof of identity. The "
        "address is not changed here: its owner changes and confirms it."
    ),
    examples=[
        OpenApiExample("Rename", value={"first_name": "Ada"}, request_only=True),
        OpenApiExample(
            "Let in to the administration",
            value={"is_staff": True},
            request_only=True,
        ),
        OpenApiExample(
            "A user", value=USER_DETAILS, response_only=True, status_codes=["200"]
        ),
    ],
)
