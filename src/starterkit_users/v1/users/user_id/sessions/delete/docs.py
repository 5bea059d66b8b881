"""OpenAPI of DELETE v1/users/<user_id>/sessions/."""

from starterkit_core.openapi.describe import describe

end_user_sessions = describe(
    operation_id="users_end_user_sessions",
    tags=["Users"],
    summary="Sign a user out everywhere",
    description=(
        "Ends all sessions of the user: their tokens and cookies stop working at once. "
        "Needs Django's permission to change users, and every right of the user. "
        "Repeating it is safe."
    ),
)
