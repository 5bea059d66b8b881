"""OpenAPI of PATCH v1/me/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi import describe

update_account = describe(
    operation_id="users_update_account",
    tags=["Users"],
    summary="Change my account",
    description=(
        "Changes only the fields sent and returns the whole account. The address and "
        "the password have endpoints of their own."
    ),
    examples=[
        OpenApiExample("Rename", value={"first_name": "Ada"}, request_only=True),
    ],
)
