from http import HTTPStatus
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import invitations, new_accounts

from . import docs
from .use_case import RevokeInvitation, RevokeInvitationInput


class RevokeInvitationView(EndpointView):
    """DELETE v1/invitations/<invitation_id>/."""

    use_case = RevokeInvitation
    success_status = HTTPStatus.NO_CONTENT
    permission = invitations.permission("change")

    @docs.revoke_invitation
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        RevokeInvitation.execute(
            RevokeInvitationInput(
                invitation_id=invitation_id, actor=self.user, client=self.client
            )
        )
        return self.respond()

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the user model has an address to invite to."""
        return new_accounts.has_address()
