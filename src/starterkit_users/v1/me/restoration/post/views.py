from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_users.services import lifecycle
from starterkit_users.v1.me.serializers import AccountRepresentation

from . import docs
from .use_case import RestoreAccount, RestoreAccountInput


class RestoreAccountView(EndpointView):
    """POST v1/me/restoration/."""

    use_case = RestoreAccount
    response_class = AccountRepresentation
    access = Access.SIGNED_IN

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the user model has the column of the state."""
        return lifecycle.has_status()

    @docs.restore_account
    def post(self, request: Request) -> Response:
        account = RestoreAccount.execute(
            RestoreAccountInput(user=self.user, client=self.client)
        )
        return self.respond(account)
