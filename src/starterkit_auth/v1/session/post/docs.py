"""OpenAPI of POST v1/session."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample

from starterkit_auth.v1.examples import opened_session
from starterkit_core.openapi.describe import describe

sign_in = describe(
    operation_id="auth_sign_in",
    tags=["Auth"],
    summary="Sign in",
    description=(
        "Opens a session for the account with this address and password. "
        "Apps use the default transport `bearer` and get two tokens; browsers ask for "
        "`cookie` and get an HttpOnly cookie, with no token in the body. A request "
        "for a cookie must come from a page of the project; if it has the cookie of "
        "another session, that session ends. A second cookie stays after signing out: "
        "it opens nothing, and lets this browser in while others use up the attempts "
        "on the account. Apps get the same if they send the last access or refresh "
        "token that they had in `Authorization`, even a dead one.\n\n"
        "An unknown address, a wrong password and an inactive account get the same "
        "error. `email_unverified` comes only after the right password; a code is "
        "mailed then: send it with the `registration_token` of the error to "
        "`registration/confirmation/`."
    ),
    examples=[
        OpenApiExample(
            "An app",
            value={
                "email": "ada@example.com",
                "password": "correct horse battery staple",
                "client": {
                    "device_name": "Ada's phone",
                    "platform": "iOS 26",
                    "app_version": "4.2.0",
                },
            },
            request_only=True,
        ),
        OpenApiExample(
            "A browser",
            value={
                "email": "ada@example.com",
                "password": "correct horse battery staple",
                "client": {"transport": "cookie"},
            },
            request_only=True,
        ),
        *opened_session(HTTPStatus.CREATED),
    ],
)
