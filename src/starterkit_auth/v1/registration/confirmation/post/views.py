from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.errors import InvalidCredentials
from starterkit_auth.http.opening import read_opening, respond_with_session
from starterkit_auth.v1.serializers import OpenedSessionRepresentation
from starterkit_core.errors import CrossSiteRequest
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import ConfirmRegistrationRequest
from .use_case import ConfirmRegistration, ConfirmRegistrationInput


class ConfirmRegistrationView(EndpointView):
    """POST v1/registration/confirmation/."""

    use_case = ConfirmRegistration
    request_class = ConfirmRegistrationRequest
    response_class = OpenedSessionRepresentation
    success_status = HTTPStatus.CREATED
    access = Access.PUBLIC
    raises = (CrossSiteRequest, InvalidCredentials)

    @docs.confirm_registration
    def post(self, request: Request) -> Response:
        given = self.validate()
        opening = read_opening(self, given)
        opened = ConfirmRegistration.execute(
            ConfirmRegistrationInput(
                registration_token=given.get("registration_token", ""),
                code=given.get("code", ""),
                token=given.get("token", ""),
                password=given.get("password", ""),
                client=opening.client,
                transport=opening.transport,
                replaced=opening.replaced,
                extra=self.extra,
            )
        )
        if opened is None:  # the new account may not sign in yet
            raise InvalidCredentials
        return respond_with_session(self, opened)
