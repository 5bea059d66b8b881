"""OpenAPI of DELETE v1/sessions/<session_id>."""

from starterkit_core.openapi.describe import describe

end_session = describe(
    operation_id="auth_end_session",
    tags=["Auth"],
    summary="End one of my sessions",
    description=(
        "Ends the session: its tokens or its cookie stop working at once. It may be "
        "the one of this request. A session of somebody else and one that never was "
        "give the same `session_not_found`. Works whatever is outstanding, and "
        "repeating it is safe."
    ),
)
