from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.ports import account_access
from starterkit_users.services import user_rows

from . import docs
from .serializers import SendUserPasswordResetRequest
from .use_case import SendUserPasswordReset, SendUserPasswordResetInput


class SendUserPasswordResetView(EndpointView):
    """POST v1/users/<user_id>/password-reset/."""

    use_case = SendUserPasswordReset
    request_class = SendUserPasswordResetRequest
    success_status = HTTPStatus.NO_CONTENT
    permission = user_rows.permission("change")

    @classmethod
    def is_available(cls) -> bool:
        """Return whether a module has passwords."""
        return account_access.available()

    @docs.send_user_password_reset
    def post(self, request: Request, user_id: str) -> Response:
        given = self.validate()
        SendUserPasswordReset.execute(
            SendUserPasswordResetInput(
                **given,
                user_id=user_id,
                actor=self.user,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond()
