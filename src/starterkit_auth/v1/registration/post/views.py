from http import HTTPStatus

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.conf import conf
from starterkit_auth.errors import EmailTaken
from starterkit_auth.v1.registration.serializers import RegistrationRepresentation
from starterkit_core.endpoints import EndpointView
from starterkit_core.errors import DomainError
from starterkit_core.ports import sign_up

from . import docs
from .serializers import RegisterRequest
from .use_case import Register, RegisterInput


class RegisterView(EndpointView):
    """POST v1/registration/."""

    use_case = Register
    request_class = RegisterRequest
    response_class = RegistrationRepresentation
    success_status = HTTPStatus.ACCEPTED
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @docs.register
    def post(self, request: Request) -> Response:
        given = self.validate()
        registration = Register.execute(
            RegisterInput(**given, client=self.client, extra=self.extra)
        )
        return self.respond(registration)

    @classmethod
    def documented_refusals(cls) -> tuple[type[DomainError], ...]:
        """Return what this project can refuse with, its requirements included."""
        strict = conf.REGISTRATION_MODE == "strict"
        return tuple(
            refusal
            for refusal in (*super().documented_refusals(), *_of_requirements())
            if not (strict and refusal is EmailTaken)
        )


def _of_requirements() -> tuple[type[DomainError], ...]:
    return tuple(
        refusal
        for requirement in sign_up.requirements()
        for refusal in requirement.raises
    )
