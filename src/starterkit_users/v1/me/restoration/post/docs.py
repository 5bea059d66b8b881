"""OpenAPI of POST v1/me/restoration/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.examples import ACCOUNT

restore_account = describe(
    operation_id="users_restore_account",
    tags=["Users"],
    summary="Keep my account",
    description=(
        "Takes a scheduled deletion back, as long as the erasure has not begun. Until "
        "then, a session of this account can read it, restore it and sign out; "
        "other endpoints answer `deletion_scheduled`. Repeating it is safe."
    ),
    examples=[
        OpenApiExample(
            "An account", value=ACCOUNT, response_only=True, status_codes=["200"]
        )
    ],
)
