from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import lifecycle

from . import docs
from .use_case import DeactivateAccount, DeactivateAccountInput


class DeactivateAccountView(EndpointView):
    """POST v1/me/deactivation/."""

    use_case = DeactivateAccount
    success_status = HTTPStatus.NO_CONTENT

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the user model has the column of the state."""
        return lifecycle.has_status()

    @docs.deactivate_account
    def post(self, request: Request) -> Response:
        DeactivateAccount.execute(
            DeactivateAccountInput(user=self.user, client=self.client)
        )
        return self.respond()
