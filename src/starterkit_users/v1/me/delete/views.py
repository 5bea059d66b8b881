from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import DeletionRepresentation
from .use_case import DeleteAccount, DeleteAccountInput


class DeleteAccountView(EndpointView):
    """DELETE v1/me/."""

    use_case = DeleteAccount
    response_class = DeletionRepresentation
    success_status = HTTPStatus.ACCEPTED
    access = Access.SIGNED_IN
    recent_proof = True

    @docs.delete_account
    def delete(self, request: Request) -> Response:
        account = DeleteAccount.execute(
            DeleteAccountInput(user=self.user, client=self.client)
        )
        return self.respond(account)
