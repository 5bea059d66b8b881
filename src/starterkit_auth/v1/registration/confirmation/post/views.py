from http import HTTPStatus

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.v1.opening import read_client, respond_with_session
from starterkit_auth.v1.serializers import OpenedSessionRepresentation
from starterkit_core.endpoints import EndpointView

from . import docs
from .serializers import ConfirmRegistrationRequest
from .use_case import ConfirmRegistration, ConfirmRegistrationInput


class ConfirmRegistrationView(EndpointView):
    """POST v1/registration/confirmation/."""

    use_case = ConfirmRegistration
    request_class = ConfirmRegistrationRequest
    response_class = OpenedSessionRepresentation
    success_status = HTTPStatus.CREATED
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @docs.confirm_registration
    def post(self, request: Request) -> Response:
        given = self.validate()
        client, transport = read_client(self, given)
        opened = ConfirmRegistration.execute(
            ConfirmRegistrationInput(
                email=given.get("email", ""),
                code=given.get("code", ""),
                token=given.get("token", ""),
                client=client,
                transport=transport,
                extra=self.extra,
            )
        )
        return respond_with_session(self, opened)
