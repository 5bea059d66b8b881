from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.errors import SessionRequired
from starterkit_auth.http.opening import own_session, respond_with_session
from starterkit_auth.v1.serializers import OpenedSessionRepresentation
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import ChangePasswordRequest
from .use_case import ChangePassword, ChangePasswordInput


class ChangePasswordView(EndpointView):
    """PUT v1/password/."""

    use_case = ChangePassword
    request_class = ChangePasswordRequest
    response_class = OpenedSessionRepresentation
    access = Access.SIGNED_IN
    raises = (SessionRequired,)

    @docs.change_password
    def put(self, request: Request) -> Response:
        given = self.validate()
        opened = ChangePassword.execute(
            ChangePasswordInput(
                **given,
                session=own_session(self),
                client=self.client,
                extra=self.extra,
            )
        )
        return respond_with_session(self, opened)
