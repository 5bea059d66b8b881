from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import invitations, new_accounts
from starterkit_users.v1.invitations.serializers import InvitationRepresentation

from . import docs
from .serializers import ListInvitationsFilters
from .use_case import ListInvitations, ListInvitationsInput


class ListInvitationsView(EndpointView):
    """GET v1/invitations/."""

    use_case = ListInvitations
    response_class = InvitationRepresentation
    permission = invitations.permission("view")
    filter_class = ListInvitationsFilters
    paginated = True

    @docs.list_invitations
    def get(self, request: Request) -> Response:
        page = ListInvitations.execute(
            ListInvitationsInput(page=self.page_request(), **self.filters())
        )
        return self.respond_page(page)

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the user model has an address to invite to."""
        return new_accounts.has_address()
