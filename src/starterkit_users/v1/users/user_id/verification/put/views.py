from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.ports import account_access
from starterkit_users.services import user_rows

from . import docs
from .serializers import VerifyUserRequest
from .use_case import VerifyUser, VerifyUserInput


class VerifyUserView(EndpointView):
    """PUT v1/users/<user_id>/verification/."""

    use_case = VerifyUser
    request_class = VerifyUserRequest
    success_status = HTTPStatus.NO_CONTENT
    permission = user_rows.permission("change")
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        """Return whether a module knows which addresses are proven."""
        return account_access.available()

    @docs.verify_user
    def put(self, request: Request, user_id: str) -> Response:
        given = self.validate()
        VerifyUser.execute(
            VerifyUserInput(
                **given,
                user_id=user_id,
                actor=self.user,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond()
