from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows

from . import docs
from .serializers import EraseUserQuery, ErasureRepresentation
from .use_case import EraseUser, EraseUserInput


class EraseUserView(EndpointView):
    """DELETE v1/users/<user_id>/."""

    use_case = EraseUser
    response_class = ErasureRepresentation
    success_status = HTTPStatus.ACCEPTED
    permission = user_rows.permission("delete")
    recent_proof = True
    filter_class = EraseUserQuery

    @docs.erase_user
    def delete(self, request: Request, user_id: str) -> Response:
        erasure = EraseUser.execute(
            EraseUserInput(
                user_id=user_id,
                actor=self.user,
                reason=self.filters()["reason"],
                client=self.client,
            )
        )
        return self.respond(erasure)
