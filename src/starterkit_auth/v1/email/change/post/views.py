from http import HTTPStatus

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.permissions import StepUp
from starterkit_core.endpoints import EndpointView
from starterkit_core.permissions import PassesAccessGates

from . import docs
from .serializers import (
    RequestedEmailChangeRepresentation,
    RequestEmailChangeRequest,
)
from .use_case import RequestEmailChange, RequestEmailChangeInput


class RequestEmailChangeView(EndpointView):
    """POST v1/email/change/."""

    use_case = RequestEmailChange
    request_class = RequestEmailChangeRequest
    response_class = RequestedEmailChangeRepresentation
    success_status = HTTPStatus.ACCEPTED
    permission_classes = (IsAuthenticated, PassesAccessGates, StepUp)

    @docs.request_email_change
    def post(self, request: Request) -> Response:
        given = self.validate()
        requested = RequestEmailChange.execute(
            RequestEmailChangeInput(
                user=self.user,
                email=given["email"],
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(requested)
