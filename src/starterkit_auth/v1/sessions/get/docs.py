"""OpenAPI of GET v1/sessions."""

from starterkit_auth.v1.examples import SESSION, answer
from starterkit_core.openapi.describe import describe

list_sessions = describe(
    operation_id="auth_list_sessions",
    tags=["Auth"],
    summary="List my sessions",
    description=(
        "Returns my sessions, newest sign-in first. `current` marks the session of "
        "this request. Ended and expired sessions are not listed."
    ),
    examples=[
        answer(
            "One session",
            {
                "results": [{**SESSION, "current": True}],
                "next": None,
                "previous": None,
            },
        ),
    ],
)
