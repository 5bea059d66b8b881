"""OpenAPI of POST v1/session/step-up."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample

from starterkit_auth.v1.examples import opened_session
from starterkit_core.openapi.describe import describe

step_up_session = describe(
    operation_id="auth_step_up_session",
    tags=["Auth"],
    summary="Prove again who I am",
    description=(
        "Send this when an endpoint has answered 403 `step_up_required`, and then "
        "repeat what was refused. That answer says in `max_age` how many seconds ago "
        "the proof may have been, and in `how` what to do: `password` means this "
        "endpoint; `sign_in` means that the account has no password, and only a new "
        "sign-in is a proof.\n\n"
        "The proof counts for this session alone, and renewing tokens does not prolong "
        "it. The session goes on with new tokens, or a new cookie, as after "
        "`session/refresh`. An app that lost this answer renews its tokens "
        "with the one it has. Wrong passwords count as attempts to sign in, but never "
        "end the session."
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
