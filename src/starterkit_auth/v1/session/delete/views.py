from http import HTTPStatus

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.models import Transport
from starterkit_auth.services import transports
from starterkit_core.endpoints import EndpointView

from . import docs
from .use_case import SignOut, SignOutInput


class SignOutView(EndpointView):
    """DELETE v1/session/."""

    use_case = SignOut
    success_status = HTTPStatus.NO_CONTENT
    authentication_classes = ()
    permission_classes = (AllowAny,)
    gated = False

    @docs.sign_out
    def delete(self, request: Request) -> Response:
        credential = transports.presented(request._request)  # noqa: SLF001
        if credential:
            transports.check_cookie_use(request._request, credential)  # noqa: SLF001
        token = credential.text if credential else ""
        SignOut.execute(SignOutInput(token=token, client=self.client))
        response = self.respond()
        if credential and credential.transport is Transport.COOKIE:
            transports.clear_cookie(response)
        return response
