"""OpenAPI of POST v1/invitations/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.invitations.examples import INVITATION

invite_user = describe(
    operation_id="users_invite_user",
    tags=["Users"],
    summary="Invite a user",
    description=(
        "Makes an account without a password that cannot be used yet, and mails its "
        "owner a link to take it over: `invitations/acceptance/`. For administrators "
        "with Django's permission to add invitations.\n\n"
        "`already_invited` has the id of the `invitation`, which can be sent again or "
        "revoked. The project may have required fields that the example lacks; the "
        "error names them."
    ),
    examples=[
        OpenApiExample(
            "Grace",
            value={"email": "grace@example.com", "first_name": "Grace"},
            request_only=True,
        ),
        OpenApiExample(
            "Invited",
            value=INVITATION,
            response_only=True,
            status_codes=["201"],
        ),
    ],
)
