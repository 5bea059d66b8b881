from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.v1.users.user_id.serializers import UserDetailsRepresentation

from . import docs
from .use_case import ReadUser, ReadUserInput


class ReadUserView(EndpointView):
    """GET v1/users/<user_id>/."""

    use_case = ReadUser
    response_class = UserDetailsRepresentation
    conditional = True
    volatile = ("last_login", "last_seen_at")
    permission = user_rows.permission("view")

    @docs.read_user
    def get(self, request: Request, user_id: str) -> Response:
        user = ReadUser.execute(ReadUserInput(user_id=user_id))
        return self.respond(user)
