from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named
from starterkit_terms.services.evidence import AcceptedText
from starterkit_terms.utils.locales import wanted_languages
from starterkit_terms.v1.consents.serializers import ConsentRepresentation

from . import docs
from .serializers import DecideConsentRequest
from .use_case import DecideConsent, DecideConsentInput


class DecideConsentView(EndpointView):
    """PUT v1/consents/<key>/."""

    use_case = DecideConsent
    request_class = DecideConsentRequest
    response_class = ConsentRepresentation
    access = Access.SIGNED_IN

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.decide_consent
    def put(self, request: Request, key: str) -> Response:
        data = self.validate()
        shown = AcceptedText.all_of([data]) if data["state"] != "withdrawn" else ()
        consent = DecideConsent.execute(
            DecideConsentInput(
                user=self.user,
                key=key,
                state=data["state"],
                shown=next(iter(shown), None),
                languages=wanted_languages(request.headers.get("Accept-Language", "")),
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(consent)
