from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named
from starterkit_terms.v1.acceptances.serializers import AcceptanceRepresentation

from . import docs
from .use_case import ListAcceptances, ListAcceptancesInput


class ListAcceptancesView(EndpointView):
    """GET v1/acceptances/."""

    use_case = ListAcceptances
    response_class = AcceptanceRepresentation
    access = Access.SIGNED_IN
    paginated = True

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.list_acceptances
    def get(self, request: Request) -> Response:
        page = ListAcceptances.execute(
            ListAcceptancesInput(user=self.user, page=self.page_request())
        )
        return self.respond_page(page)
