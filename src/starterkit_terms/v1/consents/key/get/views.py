from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named
from starterkit_terms.utils.locales import wanted_languages
from starterkit_terms.v1.consents.serializers import ConsentRepresentation

from . import docs
from .use_case import ReadConsent, ReadConsentInput


class ReadConsentView(EndpointView):
    """GET v1/consents/<key>/."""

    use_case = ReadConsent
    response_class = ConsentRepresentation
    access = Access.SIGNED_IN

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.read_consent
    def get(self, request: Request, key: str) -> Response:
        languages = wanted_languages(request.headers.get("Accept-Language", ""))
        consent = ReadConsent.execute(
            ReadConsentInput(user=self.user, key=key, languages=languages)
        )
        return self.respond(consent)
