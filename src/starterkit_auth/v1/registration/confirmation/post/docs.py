"""OpenAPI of POST v1/registration/confirmation/."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample

from starterkit_auth.v1.examples import opened_session
from starterkit_core.openapi.describe import describe

confirm_registration = describe(
    operation_id="auth_confirm_registration",
    tags=["Auth"],
    summary="Confirm an e-mail address",
    description=(
        "Proves the address with the code or link that was mailed to it, and opens a "
        "session as signing in does. Send either `email` and `code`, or the `token` of "
        "the link. Opening the link changes nothing: its page must send the token to "
        "this endpoint.\n\n"
        "Code and link work once; both are void as soon as one of them was used or a "
        "newer mail was sent. A code allows five tries by default. Every code or token "
        "that is not valid gets `invalid_confirmation`, whatever the reason."
    ),
    examples=[
        OpenApiExample(
            "By code, in an app",
            value={
                "email": "ada@example.com",
                "code": "427916",
                "client": {
                    "device_name": "Ada's phone",
                    "platform": "iOS 26",
                    "app_version": "4.2.0",
                },
            },
            request_only=True,
        ),
        OpenApiExample(
            "By link, in a browser",
            value={"token": "skl_AZ…", "client": {"transport": "cookie"}},
            request_only=True,
        ),
        *opened_session(HTTPStatus.CREATED),
    ],
)
