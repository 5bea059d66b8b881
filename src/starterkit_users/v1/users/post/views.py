from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.v1.users.user_id.serializers import UserDetailsRepresentation

from . import docs
from .serializers import AddUserRequest
from .use_case import AddUser, AddUserInput


class AddUserView(EndpointView):
    """POST v1/users/."""

    use_case = AddUser
    request_class = AddUserRequest
    response_class = UserDetailsRepresentation
    success_status = HTTPStatus.CREATED
    permission = user_rows.permission("add")

    @docs.add_user
    def post(self, request: Request) -> Response:
        given = self.validate()
        user = AddUser.execute(
            AddUserInput(
                email=given.pop("email", ""),
                password=given.pop("password", ""),
                fields=given,
                actor=self.user,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(user)
