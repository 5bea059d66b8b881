from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.ports import impersonation
from starterkit_users.services import user_rows

from . import docs
from .use_case import StopImpersonation, StopImpersonationInput


class StopImpersonationView(EndpointView):
    """DELETE v1/users/<user_id>/impersonation/."""

    use_case = StopImpersonation
    success_status = HTTPStatus.NO_CONTENT
    permission = user_rows.permission("impersonate")

    @classmethod
    def is_available(cls) -> bool:
        """Return whether a module has sessions."""
        return impersonation.available()

    @docs.stop_impersonation
    def delete(self, request: Request, user_id: str) -> Response:
        StopImpersonation.execute(
            StopImpersonationInput(user_id=user_id, actor=self.user, client=self.client)
        )
        return self.respond()
