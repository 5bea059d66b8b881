"""OpenAPI of GET v1/session."""

from starterkit_auth.v1.examples import SESSION, USER, answer
from starterkit_core.openapi.describe import describe

read_session = describe(
    operation_id="auth_read_session",
    tags=["Auth"],
    summary="Read my session",
    description=(
        "Returns the current session, its user, and the codes of what the user must do "
        "before using the rest of the API, such as `terms_acceptance_required`. "
        "Works even with pending gates."
    ),
    examples=[
        answer(
            "No pending gates",
            {"session": SESSION, "user": USER, "act": None, "pending_gates": []},
        ),
    ],
)
