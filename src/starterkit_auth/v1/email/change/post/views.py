from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.permissions import StepUp
from starterkit_core.http.endpoints import EndpointView

from . import docs
from .serializers import (
    StartedEmailChangeRepresentation,
    StartEmailChangeRequest,
)
from .use_case import StartEmailChange, StartEmailChangeInput


class StartEmailChangeView(EndpointView):
    """POST v1/email/change/."""

    use_case = StartEmailChange
    request_class = StartEmailChangeRequest
    response_class = StartedEmailChangeRepresentation
    success_status = HTTPStatus.ACCEPTED
    extra_permissions = (StepUp,)

    @docs.start_email_change
    def post(self, request: Request) -> Response:
        given = self.validate()
        started = StartEmailChange.execute(
            StartEmailChangeInput(
                user=self.user,
                email=given["email"],
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(started)
