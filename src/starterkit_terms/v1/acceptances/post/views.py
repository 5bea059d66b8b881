from http import HTTPStatus

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named
from starterkit_terms.services import visitors
from starterkit_terms.services.evidence import AcceptedText
from starterkit_terms.use_cases.accept_as_visitor import (
    AcceptAsVisitor,
    AcceptAsVisitorInput,
)

from . import docs
from .serializers import AcceptancesRepresentation, AcceptTermsRequest
from .use_case import AcceptTerms, AcceptTermsInput


class AcceptTermsView(EndpointView):
    """POST v1/acceptances/."""

    use_case = AcceptTerms
    request_class = AcceptTermsRequest
    response_class = AcceptancesRepresentation
    success_status = HTTPStatus.CREATED
    repeated_status = HTTPStatus.OK
    access = Access.OPTIONAL
    raises = AcceptAsVisitor.raises

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.accept_terms
    def post(self, request: Request) -> Response:
        if self.is_anonymous and visitors.may("acceptances"):
            return self._accept_as_visitor()
        user, data = self.user, self.validate()
        recorded = AcceptTerms.execute(
            AcceptTermsInput(
                user=user,
                accepted=AcceptedText.all_of(data["acceptances"]),
                client=self.client,
                extra=self.extra,
            )
        )
        status = self.success_status if recorded.created else self.repeated_status
        return self.respond({"results": recorded.acts}, status=status)

    def _accept_as_visitor(self) -> Response:
        data = self.validate()
        recorded = AcceptAsVisitor.execute(
            AcceptAsVisitorInput(
                accepted=AcceptedText.all_of(data["acceptances"]),
                token=data.get("visitor_token", ""),
                client=self.client,
                extra=self.extra,
            )
        )
        status = self.success_status if recorded.created else self.repeated_status
        answer = {"results": recorded.acts, "visitor_token": recorded.token}
        return self.respond(answer, status=status)
