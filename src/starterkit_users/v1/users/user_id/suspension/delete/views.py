from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import lifecycle, user_rows

from . import docs
from .use_case import LiftSuspension, LiftSuspensionInput


class LiftSuspensionView(EndpointView):
    """DELETE v1/users/<user_id>/suspension/."""

    use_case = LiftSuspension
    success_status = HTTPStatus.NO_CONTENT
    permission = user_rows.permission("change")
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        """Return whether accounts can be closed here."""
        return lifecycle.can_close()

    @docs.lift_suspension
    def delete(self, request: Request, user_id: str) -> Response:
        LiftSuspension.execute(
            LiftSuspensionInput(user_id=user_id, actor=self.user, client=self.client)
        )
        return self.respond()
