"""OpenAPI of POST v1/session/step-up."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample

from starterkit_auth.v1.examples import opened_session
from starterkit_core.openapi.describe import describe

step_up_session = describe(
    operation_id="auth_step_up_session",
    tags=["Auth"],
    summary="Prove my identity again",
    description=(
        "Call this after an endpoint has returned 403 `step_up_required`, then retry "
        "the refused request. In that error, `max_age` is how many seconds old the "
        "proof may be, and `how` is what to do: `password` means this endpoint; "
        "`sign_in` means that the account has no password, and only a new sign-in is a "
        "proof.\n\n"
        "The proof counts for this session only, and refreshing tokens does not extend "
        "it. The session gets new tokens, or a new cookie, as after "
        "`session/refresh/`. An app that lost this response refreshes with the token "
        "it has. Wrong passwords count as attempts to sign in, but never end the "
        "session."
    ),
    examples=[
        OpenApiExample(
            "My password",
            value={"password": "correct horse battery staple"},
            request_only=True,
        ),
        *opened_session(HTTPStatus.OK),
    ],
)
