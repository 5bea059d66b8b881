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
        "Proves the address and opens a session, as signing in does; for a sign-up "
        "this makes the account. It takes two things: what was mailed, and what only "
        "the client of this registration has. So the owner of an address never "
        "confirms the sign-up of another person.\n\n"
        "* `registration_token` and `code`: where the user signed up.\n"
        "* `registration_token` and `token`: the link, opened there.\n"
        "* `token` and `password`: the link, opened on another device; its page asks "
        "for the password that was chosen.\n\n"
        "Opening the link changes nothing: its page must send the token to this "
        "endpoint. Code and link work once; both are void as soon as one of them was "
        "used or a newer mail of this registration was sent. A code allows five tries "
        "by default. Everything that is not valid gets `invalid_confirmation`, "
        "whatever the reason.\n\n"
        "Where an administrator opens each new account, this makes the account and "
        "answers `invalid_credentials`, as signing in does until it is open."
    ),
    examples=[
        OpenApiExample(
            "By code, in an app",
            value={
                "registration_token": "skg_AZ…",
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
            value={
                "registration_token": "skg_AZ…",
                "token": "skl_AZ…",
                "client": {"transport": "cookie"},
            },
            request_only=True,
        ),
        OpenApiExample(
            "By link, on another device",
            value={
                "token": "skl_AZ…",
                "password": "a rose is a rose is a",
                "client": {"device_name": "Ada's tablet"},
            },
            request_only=True,
        ),
        *opened_session(HTTPStatus.CREATED),
    ],
)
