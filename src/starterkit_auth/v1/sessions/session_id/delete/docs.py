"""OpenAPI of DELETE v1/sessions/<session_id>."""

from starterkit_core.openapi.describe import describe

end_session = describe(
    operation_id="auth_end_session",
    tags=["Auth"],
    summary="End one of my sessions",
    description=(
        "Ends the session: its tokens or its cookie stop working at once. It may be "
        "the one of this request. Another user's session and an unknown id get the "
        "same `session_not_found`. Works even with pending gates, and repeating it is "
        "safe."
    ),
)
