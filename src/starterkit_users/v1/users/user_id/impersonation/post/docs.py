"""OpenAPI of POST v1/users/<user_id>/impersonation/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.examples import USER

start_impersonation = describe(
    operation_id="users_start_impersonation",
    tags=["Users"],
    summary="Act as a user",
    description=(
        "Returns a token by which an administrator sees the API as the user does, for "
        "support. It cannot be renewed, and ends with the administrator's own session. "
        "Every answer to it has the header `Impersonated-By`; what only the user may "
        "do answers 403 `not_while_impersonating`. One user at a time, and only a user "
        "with fewer rights. Needs the permission to impersonate users, and a recent "
        "proof of identity. The user may be told. A browser that is signed in by a "
        "cookie sends the token without it: `credentials: 'omit'`."
    ),
    examples=[
        OpenApiExample(
            "A request for help", value={"reason": "Ticket 4711"}, request_only=True
        ),
        OpenApiExample(
            "Begun",
            value={
                "id": "019ab1c4-5f2e-7c31-9d0a-6b1f0e8c7a55",
                "access_token": "ski_AZ…",
                "token_type": "Bearer",
                "expires_in": 1800,
                "expires_at": "2026-11-22T10:00:00Z",
                "user": USER,
            },
            response_only=True,
            status_codes=["201"],
        ),
    ],
)
