"""OpenAPI of GET v1/invitations/<invitation_id>/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.invitations.examples import INVITATION

read_invitation = describe(
    operation_id="users_read_invitation",
    tags=["Users"],
    summary="Read an invitation",
    description="For administrators with Django's permission to view invitations.",
    examples=[
        OpenApiExample(
            "An invitation",
            value=INVITATION,
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
