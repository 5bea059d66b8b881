from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.errors import AmbiguousCredentials
from starterkit_auth.http import transports
from starterkit_auth.models import Transport
from starterkit_core.errors import CrossSiteRequest
from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_core.utils.secrets import Secret

from . import docs
from .use_case import SignOut, SignOutInput


class SignOutView(EndpointView):
    """DELETE v1/session/."""

    use_case = SignOut
    success_status = HTTPStatus.NO_CONTENT
    access = Access.PUBLIC
    raises = (AmbiguousCredentials, CrossSiteRequest)

    @docs.sign_out
    def delete(self, request: Request) -> Response:
        credential = transports.presented(request._request)
        if credential:
            transports.check_cookie_use(request._request, credential)
        token = credential.text if credential else Secret()
        SignOut.execute(SignOutInput(token=token, client=self.client))
        response = self.respond()
        if credential and credential.transport is Transport.COOKIE:
            transports.clear_cookie(response)
        return response
