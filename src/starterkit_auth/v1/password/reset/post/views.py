from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import (
    StartedPasswordResetRepresentation,
    StartPasswordResetRequest,
)
from .use_case import StartPasswordReset, StartPasswordResetInput


class StartPasswordResetView(EndpointView):
    """POST v1/password/reset/."""

    use_case = StartPasswordReset
    request_class = StartPasswordResetRequest
    response_class = StartedPasswordResetRepresentation
    success_status = HTTPStatus.ACCEPTED
    access = Access.PUBLIC

    @docs.start_password_reset
    def post(self, request: Request) -> Response:
        given = self.validate()
        started = StartPasswordReset.execute(
            StartPasswordResetInput(**given, client=self.client, extra=self.extra)
        )
        return self.respond(started)
