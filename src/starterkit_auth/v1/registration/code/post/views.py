from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.v1.registration.serializers import RegistrationRepresentation
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import ResendCodeRequest
from .use_case import ResendCode, ResendCodeInput


class ResendCodeView(EndpointView):
    """POST v1/registration/code/."""

    use_case = ResendCode
    request_class = ResendCodeRequest
    response_class = RegistrationRepresentation
    success_status = HTTPStatus.ACCEPTED
    access = Access.PUBLIC

    @docs.resend_code
    def post(self, request: Request) -> Response:
        given = self.validate()
        registration = ResendCode.execute(
            ResendCodeInput(**given, client=self.client, extra=self.extra)
        )
        return self.respond(registration)
