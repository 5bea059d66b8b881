from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.http import transports
from starterkit_auth.http.opening import read_opening, respond_with_session
from starterkit_auth.v1.serializers import OpenedSessionRepresentation
from starterkit_core.errors import CrossSiteRequest
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import SignInRequest
from .use_case import SignIn, SignInInput


class SignInView(EndpointView):
    """POST v1/session/."""

    use_case = SignIn
    request_class = SignInRequest
    response_class = OpenedSessionRepresentation
    success_status = HTTPStatus.CREATED
    access = Access.PUBLIC
    raises = (CrossSiteRequest,)

    @docs.sign_in
    def post(self, request: Request) -> Response:
        given = self.validate()
        opening = read_opening(self, given)
        opened = SignIn.execute(
            SignInInput(
                email=given["email"],
                password=given["password"],
                client=opening.client,
                transport=opening.transport,
                replaced=opening.replaced,
                proofs=transports.proofs(request._request),
                extra=self.extra,
            )
        )
        return respond_with_session(self, opened)
