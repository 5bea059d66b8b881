from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_users.v1.me.serializers import AccountRepresentation

from . import docs
from .use_case import ReadAccount, ReadAccountInput


class ReadAccountView(EndpointView):
    """GET v1/me/."""

    use_case = ReadAccount
    response_class = AccountRepresentation
    access = Access.SIGNED_IN

    @docs.read_account
    def get(self, request: Request) -> Response:
        account = ReadAccount.execute(ReadAccountInput(user=self.user))
        return self.respond(account)
