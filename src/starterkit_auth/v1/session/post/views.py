from http import HTTPStatus

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.v1.opening import read_client, respond_with_session
from starterkit_auth.v1.serializers import OpenedSessionRepresentation
from starterkit_core.endpoints import EndpointView

from . import docs
from .serializers import SignInRequest
from .use_case import SignIn, SignInInput


class SignInView(EndpointView):
    """POST v1/session/."""

    use_case = SignIn
    request_class = SignInRequest
    response_class = OpenedSessionRepresentation
    success_status = HTTPStatus.CREATED
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @docs.sign_in
    def post(self, request: Request) -> Response:
        given = self.validate()
        client, transport = read_client(self, given)
        opened = SignIn.execute(
            SignInInput(
                email=given["email"],
                password=given["password"],
                client=client,
                transport=transport,
                extra=self.extra,
            )
        )
        return respond_with_session(self, opened)
