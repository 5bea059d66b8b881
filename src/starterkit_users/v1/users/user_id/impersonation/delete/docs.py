"""OpenAPI of DELETE v1/users/<user_id>/impersonation/."""

from starterkit_core.openapi.describe import describe

stop_impersonation = describe(
    operation_id="users_stop_impersonation",
    tags=["Users"],
    summary="Stop acting as a user",
    description=(
        "Ends what the administrator does as this user: the token stops working at "
        "once. Send it with the administrator's own token or cookie. Signing out with "
        "the token of the impersonation does the same."
    ),
)
