from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_users.services import new_accounts

from . import docs
from .serializers import AcceptedAccountRepresentation, AcceptInvitationRequest
from .use_case import AcceptInvitation, AcceptInvitationInput


class AcceptInvitationView(EndpointView):
    """POST v1/invitations/acceptance/."""

    use_case = AcceptInvitation
    request_class = AcceptInvitationRequest
    response_class = AcceptedAccountRepresentation
    access = Access.PUBLIC

    @docs.accept_invitation
    def post(self, request: Request) -> Response:
        given = self.validate()
        user = AcceptInvitation.execute(
            AcceptInvitationInput(
                token=given.pop("token"),
                password=given.pop("password"),
                fields=given,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(user)

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the user model has an address to invite to."""
        return new_accounts.has_address()
