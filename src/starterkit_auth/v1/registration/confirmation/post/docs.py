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
        "Proves the address by what was mailed to it, and opens a session as signing "
        "in does. Send either `email` and `code`, or the `token` of the link: the page "
        "that the link opens sends it by this method, as opening a link changes "
        "nothing.\n\n"
        "Code and link work once, and both are void as soon as one of them was used or "
        "a newer mail was asked for. A code takes five tries. To everything that "
        "confirms nothing the one answer is `invalid_confirmation`."
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
