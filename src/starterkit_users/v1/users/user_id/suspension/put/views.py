from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import lifecycle, user_rows
from starterkit_users.v1.users.user_id.serializers import UserDetailsRepresentation

from . import docs
from .serializers import SuspendUserRequest
from .use_case import SuspendUser, SuspendUserInput


class SuspendUserView(EndpointView):
    """PUT v1/users/<user_id>/suspension/."""

    use_case = SuspendUser
    request_class = SuspendUserRequest
    response_class = UserDetailsRepresentation
    permission = user_rows.permission("change")
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        """Return whether accounts can be closed here."""
        return lifecycle.can_close()

    @docs.suspend_user
    def put(self, request: Request, user_id: str) -> Response:
        given = self.validate()
        user = SuspendUser.execute(
            SuspendUserInput(
                user_id=user_id,
                reason=given["reason"],
                until=given.get("until"),
                actor=self.user,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(user)
