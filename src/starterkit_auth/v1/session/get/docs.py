"""OpenAPI of GET v1/session."""

from starterkit_auth.v1.examples import SESSION, USER, answer
from starterkit_core.openapi.describe import describe

read_session = describe(
    operation_id="auth_read_session",
    tags=["Auth"],
    summary="Read my session",
    description=(
        "Returns the current session, its user, and the codes of what must be done "
        "before the rest of the API opens, such as `terms_acceptance_required`. Works "
        "whatever is outstanding."
    ),
    examples=[
        answer(
            "Nothing is outstanding",
            {"session": SESSION, "user": USER, "pending_gates": []},
        ),
    ],
)
