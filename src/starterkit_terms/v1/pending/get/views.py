from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named
from starterkit_terms.utils.locales import wanted_languages

from . import docs
from .serializers import PendingRepresentation
from .use_case import ListPending, ListPendingInput


class ListPendingView(EndpointView):
    """GET v1/pending/."""

    use_case = ListPending
    response_class = PendingRepresentation
    access = Access.SIGNED_IN

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.list_pending
    def get(self, request: Request) -> Response:
        languages = wanted_languages(request.headers.get("Accept-Language", ""))
        pending = ListPending.execute(
            ListPendingInput(user=self.user, languages=languages)
        )
        return self.respond(pending)
