"""OpenAPI of PUT v1/password."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample

from starterkit_auth.v1.examples import opened_session
from starterkit_core.openapi.describe import describe

change_password = describe(
    operation_id="auth_change_password",
    tags=["Auth"],
    summary="Change my password",
    description=(
        "Requires the current password. An account without one needs a recent sign-in "
        "instead, or gets `step_up_required`. Wrong passwords count as attempts to "
        "sign in, but never end the session. `weak_password` has `reasons`, a list of "
        "`code` and `detail`.\n\n"
        "Every other session ends. This one gets new tokens, or a new cookie; its "
        "former ones stop working at once. Codes and links that were mailed before are "
        "void, except the link that undoes a change of address. If this response was "
        "lost, sign in with the new password."
    ),
    examples=[
        OpenApiExample(
            "Change the password",
            value={
                "current_password": "correct horse battery staple",
                "new_password": "a rose is a rose is a",
            },
            request_only=True,
        ),
        *opened_session(HTTPStatus.OK),
    ],
)
