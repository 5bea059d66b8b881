"""OpenAPI of PUT v1/users/<user_id>/suspension/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.examples import USER_DETAILS

suspend_user = describe(
    operation_id="users_suspend_user",
    tags=["Users"],
    summary="Suspend a user",
    description=(
        "For administrators with Django's permission to change users. The user cannot "
        "sign in, and all sessions, codes and links end at once. With `until`, the "
        "suspension ends by itself. Repeating it changes reason and end. Asks for a "
        "recent proof of identity."
    ),
    examples=[
        OpenApiExample(
            "For a week",
            value={"reason": "Spam in comments", "until": "2026-12-03T09:30:00Z"},
            request_only=True,
        ),
        OpenApiExample(
            "A user", value=USER_DETAILS, response_only=True, status_codes=["200"]
        ),
    ],
)
