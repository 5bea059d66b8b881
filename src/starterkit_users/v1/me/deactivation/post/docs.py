"""OpenAPI of POST v1/me/deactivation/."""

from starterkit_core.openapi.describe import describe

deactivate_account = describe(
    operation_id="users_deactivate_account",
    tags=["Users"],
    summary="Switch my account off",
    description=(
        "Ends all my sessions. All data stays, and the next sign-in switches the "
        "account on again. To leave for good, delete the account."
    ),
)
