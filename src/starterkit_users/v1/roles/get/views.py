from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.services.roles import has_roles

from . import docs
from .serializers import RolesRepresentation
from .use_case import ListRoles, ListRolesInput


class ListRolesView(EndpointView):
    """GET v1/roles/."""

    use_case = ListRoles
    response_class = RolesRepresentation
    permission = user_rows.permission("view")

    @classmethod
    def is_available(cls) -> bool:
        """Return whether users of the project are in groups."""
        return has_roles()

    @docs.list_roles
    def get(self, request: Request) -> Response:
        roles = ListRoles.execute(ListRolesInput(actor=self.user))
        return self.respond({"results": roles})
