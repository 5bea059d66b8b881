from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.endpoints import EndpointView
from starterkit_terms.services.evidence import Claim

from . import docs
from .serializers import AcceptancesRepresentation, AcceptTermsRequest
from .use_case import AcceptTerms, AcceptTermsInput


class AcceptTermsView(EndpointView):
    """POST v1/acceptances/."""

    use_case = AcceptTerms
    request_class = AcceptTermsRequest
    response_class = AcceptancesRepresentation
    success_status = HTTPStatus.CREATED
    gated = False

    @docs.accept_terms
    def post(self, request: Request) -> Response:
        data = self.validate()
        accepted = AcceptTerms.execute(
            AcceptTermsInput(
                user=self.user,
                claims=Claim.all_of(data["acceptances"]),
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond({"results": accepted})
