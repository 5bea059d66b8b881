from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import ResetPasswordRequest
from .use_case import ResetPassword, ResetPasswordInput


class ResetPasswordView(EndpointView):
    """POST v1/password/reset/confirmation/."""

    use_case = ResetPassword
    request_class = ResetPasswordRequest
    success_status = HTTPStatus.NO_CONTENT
    access = Access.PUBLIC

    @docs.reset_password
    def post(self, request: Request) -> Response:
        given = self.validate()
        ResetPassword.execute(
            ResetPasswordInput(**given, client=self.client, extra=self.extra)
        )
        return self.respond()
