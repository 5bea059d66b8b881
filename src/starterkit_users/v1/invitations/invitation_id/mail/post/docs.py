"""OpenAPI of POST v1/invitations/<invitation_id>/mail/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.invitations.examples import INVITATION

resend_invitation = describe(
    operation_id="users_resend_invitation",
    tags=["Users"],
    summary="Send an invitation again",
    description=(
        "Mails a new link, also for an invitation that has expired; the former link "
        "is void. For administrators with Django's permission to change invitations. "
        "The number of mails to one address is limited."
    ),
    examples=[
        OpenApiExample(
            "Sent again",
            value={**INVITATION, "mails": 2},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
