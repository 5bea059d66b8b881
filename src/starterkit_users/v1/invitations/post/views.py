from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.idempotency import IdempotencyKey
from starterkit_users.services import invitations, new_accounts
from starterkit_users.v1.invitations.serializers import InvitationRepresentation

from . import docs
from .serializers import InviteUserRequest
from .use_case import InviteUser, InviteUserInput


class InviteUserView(EndpointView):
    """POST v1/invitations/."""

    use_case = InviteUser
    request_class = InviteUserRequest
    response_class = InvitationRepresentation
    success_status = HTTPStatus.CREATED
    permission = invitations.permission("add")
    recent_proof = None  # for roles
    idempotency_key = IdempotencyKey.OPTIONAL

    @docs.invite_user
    def post(self, request: Request) -> Response:
        given = self.validate()
        invitation = InviteUser.execute(
            InviteUserInput(
                email=given.pop("email"),
                roles=given.pop("roles", ()),
                fields=given,
                require_proof=self.require_recent_proof,
                actor=self.user,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(invitation)

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the user model has an address to invite to."""
        return new_accounts.has_address()
