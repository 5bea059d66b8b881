from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.services.roles import has_roles
from starterkit_users.v1.users.user_id.roles.serializers import (
    UserRolesRepresentation,
)

from . import docs
from .use_case import ReadUserRoles, ReadUserRolesInput


class ReadUserRolesView(EndpointView):
    """GET v1/users/<user_id>/roles/."""

    use_case = ReadUserRoles
    response_class = UserRolesRepresentation
    permission = user_rows.permission("view")

    @classmethod
    def is_available(cls) -> bool:
        """Return whether users of the project are in groups."""
        return has_roles()

    @docs.read_user_roles
    def get(self, request: Request, user_id: str) -> Response:
        roles = ReadUserRoles.execute(ReadUserRolesInput(user_id=user_id))
        return self.respond({"roles": roles})
