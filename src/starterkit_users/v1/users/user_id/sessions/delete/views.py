from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.ports import account_access
from starterkit_users.services import user_rows

from . import docs
from .use_case import EndUserSessions, EndUserSessionsInput


class EndUserSessionsView(EndpointView):
    """DELETE v1/users/<user_id>/sessions/."""

    use_case = EndUserSessions
    success_status = HTTPStatus.NO_CONTENT
    permission = user_rows.permission("change")

    @classmethod
    def is_available(cls) -> bool:
        """Return whether a module has sessions."""
        return account_access.available()

    @docs.end_user_sessions
    def delete(self, request: Request, user_id: str) -> Response:
        EndUserSessions.execute(
            EndUserSessionsInput(user_id=user_id, actor=self.user, client=self.client)
        )
        return self.respond()
