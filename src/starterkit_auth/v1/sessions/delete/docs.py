"""OpenAPI of DELETE v1/sessions."""

from starterkit_core.openapi.describe import describe

end_other_sessions = describe(
    operation_id="auth_end_other_sessions",
    tags=["Auth"],
    summary="Sign out everywhere else",
    description=(
        "Ends all my sessions except the one of this request: their tokens and cookies "
        "stop working at once. To end this one too, sign out afterwards. Works even "
        "with pending gates, and repeating it is safe."
    ),
)
