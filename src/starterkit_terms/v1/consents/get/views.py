from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named
from starterkit_terms.utils.locales import wanted_languages
from starterkit_terms.v1.consents.serializers import ConsentsRepresentation

from . import docs
from .use_case import ListConsents, ListConsentsInput


class ListConsentsView(EndpointView):
    """GET v1/consents/."""

    use_case = ListConsents
    response_class = ConsentsRepresentation
    access = Access.SIGNED_IN

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.list_consents
    def get(self, request: Request) -> Response:
        languages = wanted_languages(request.headers.get("Accept-Language", ""))
        consents = ListConsents.execute(
            ListConsentsInput(user=self.user, languages=languages)
        )
        return self.respond({"results": consents})
