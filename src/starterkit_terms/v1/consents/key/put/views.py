from collections.abc import Mapping
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named
from starterkit_terms.services import visitors
from starterkit_terms.services.evidence import AcceptedText
from starterkit_terms.use_cases.decide_as_visitor import (
    DecideAsVisitor,
    DecideAsVisitorInput,
)
from starterkit_terms.utils.locales import wanted_languages

from . import docs
from .serializers import DecideConsentRequest, DecidedConsentRepresentation
from .use_case import DecideConsent, DecideConsentInput


class DecideConsentView(EndpointView):
    """PUT v1/consents/<key>/."""

    use_case = DecideConsent
    request_class = DecideConsentRequest
    response_class = DecidedConsentRepresentation
    access = Access.OPTIONAL
    raises = DecideAsVisitor.raises

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.decide_consent
    def put(self, request: Request, key: str) -> Response:
        if self.is_anonymous and visitors.may("consents"):
            return self._decide_as_visitor(key)
        user, data = self.user, self.validate()
        consent = DecideConsent.execute(
            DecideConsentInput(
                user=user,
                key=key,
                state=data["state"],
                shown=_shown(data),
                languages=self._languages(),
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(consent)

    def _decide_as_visitor(self, key: str) -> Response:
        data = self.validate()
        decided = DecideAsVisitor.execute(
            DecideAsVisitorInput(
                key=key,
                state=data["state"],
                shown=_shown(data),
                token=data.get("visitor_token", ""),
                languages=self._languages(),
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(decided)

    def _languages(self) -> tuple[str, ...]:
        header = self.request.headers.get("Accept-Language", "")
        return wanted_languages(header)


def _shown(data: Mapping[str, Any]) -> AcceptedText | None:
    """Return the text that was shown; to withdraw needs none."""
    if data["state"] == "withdrawn":
        return None
    return next(iter(AcceptedText.all_of([data])))
