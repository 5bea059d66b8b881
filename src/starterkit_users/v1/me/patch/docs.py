"""OpenAPI of PATCH v1/me/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.examples import ACCOUNT

update_account = describe(
    operation_id="users_update_account",
    tags=["Users"],
    summary="Change my account",
    description=(
        "Changes only the fields sent and returns the whole account. The address and "
        "the password have endpoints of their own. A phone number is changed only with "
        "a recent proof of identity."
    ),
    examples=[
        OpenApiExample("Rename", value={"first_name": "Ada"}, request_only=True),
        OpenApiExample(
            "Renamed",
            value=ACCOUNT,
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
