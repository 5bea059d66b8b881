"""OpenAPI of POST v1/invitations/acceptance/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.examples import ACCOUNT

accept_invitation = describe(
    operation_id="users_accept_invitation",
    tags=["Users"],
    summary="Accept an invitation",
    description=(
        "The page that the link of the mail opens sends its `token`, and the password "
        "that the user chose. The account is open then, and its address proven; it "
        "opens no session: sign in next, with the `email` of this response.\n\n"
        "Names may be corrected; what is left out stays as the inviter wrote it. The "
        "project may ask for further fields, those of a sign-up.\n\n"
        "`invalid_invitation` is the answer to any token that is not valid, or not any "
        "more. After `weak_password` and the refusals of further fields the token "
        "stays valid."
    ),
    examples=[
        OpenApiExample(
            "Accept",
            value={"token": "skn_AZ…", "password": "a rose is a rose is a"},
            request_only=True,
        ),
        OpenApiExample(
            "Accepted",
            value={
                **ACCOUNT,
                "email": "grace@example.com",
                "first_name": "Grace",
                "last_name": "Hopper",
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
