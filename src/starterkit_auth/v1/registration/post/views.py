from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.v1.registration.serializers import RegistrationRepresentation
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import RegisterRequest
from .use_case import Register, RegisterInput


class RegisterView(EndpointView):
    """POST v1/registration/."""

    use_case = Register
    request_class = RegisterRequest
    response_class = RegistrationRepresentation
    success_status = HTTPStatus.ACCEPTED
    access = Access.PUBLIC

    @docs.register
    def post(self, request: Request) -> Response:
        given = self.validate()
        registration = Register.execute(
            RegisterInput(**given, client=self.client, extra=self.extra)
        )
        return self.respond(registration)
