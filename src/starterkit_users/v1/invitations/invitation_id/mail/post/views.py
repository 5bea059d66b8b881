from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import invitations, new_accounts
from starterkit_users.v1.invitations.serializers import InvitationRepresentation

from . import docs
from .use_case import ResendInvitation, ResendInvitationInput


class ResendInvitationView(EndpointView):
    """POST v1/invitations/<invitation_id>/mail/."""

    use_case = ResendInvitation
    response_class = InvitationRepresentation
    permission = invitations.permission("change")

    @docs.resend_invitation
    def post(self, request: Request, invitation_id: UUID) -> Response:
        invitation = ResendInvitation.execute(
            ResendInvitationInput(
                invitation_id=invitation_id, actor=self.user, client=self.client
            )
        )
        return self.respond(invitation)

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the user model has an address to invite to."""
        return new_accounts.has_address()
