from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.services.roles import has_roles
from starterkit_users.v1.users.user_id.roles.serializers import (
    UserRolesRepresentation,
)

from . import docs
from .serializers import SetRolesRequest
from .use_case import SetRoles, SetRolesInput


class SetRolesView(EndpointView):
    """PUT v1/users/<user_id>/roles/."""

    use_case = SetRoles
    request_class = SetRolesRequest
    response_class = UserRolesRepresentation
    permission = user_rows.permission("change")
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        """Return whether users of the project are in groups."""
        return has_roles()

    @docs.set_roles
    def put(self, request: Request, user_id: str) -> Response:
        given = self.validate()
        roles = SetRoles.execute(
            SetRolesInput(
                user_id=user_id,
                roles=given["roles"],
                actor=self.user,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond({"roles": roles})
