from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.services.evidence import AcceptedText

from . import docs
from .serializers import AcceptancesRepresentation, AcceptTermsRequest
from .use_case import AcceptTerms, AcceptTermsInput


class AcceptTermsView(EndpointView):
    """POST v1/acceptances/."""

    use_case = AcceptTerms
    request_class = AcceptTermsRequest
    response_class = AcceptancesRepresentation
    success_status = HTTPStatus.CREATED
    access = Access.SIGNED_IN

    @docs.accept_terms
    def post(self, request: Request) -> Response:
        data = self.validate()
        accepted = AcceptTerms.execute(
            AcceptTermsInput(
                user=self.user,
                accepted=AcceptedText.all_of(data["acceptances"]),
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond({"results": accepted})
