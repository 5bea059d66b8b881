from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.v1.me.serializers import AccountRepresentation

from . import docs
from .serializers import UpdateAccountRequest
from .use_case import UpdateAccount, UpdateAccountInput


class UpdateAccountView(EndpointView):
    """PATCH v1/me/."""

    use_case = UpdateAccount
    request_class = UpdateAccountRequest
    response_class = AccountRepresentation
    conditional = True
    while_impersonated = True
    recent_proof = None  # for a phone number

    @docs.update_account
    def patch(self, request: Request) -> Response:
        changes = self.validate(partial=True)
        account = UpdateAccount.execute(
            UpdateAccountInput(
                user=self.user,
                changes=changes,
                precondition=self.precondition,
                require_proof=self.require_recent_proof,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(account)
