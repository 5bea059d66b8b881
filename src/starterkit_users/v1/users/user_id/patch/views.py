from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.v1.users.user_id.serializers import UserDetailsRepresentation

from . import docs
from .serializers import UpdateUserRequest
from .use_case import UpdateUser, UpdateUserInput


class UpdateUserView(EndpointView):
    """PATCH v1/users/<user_id>/."""

    use_case = UpdateUser
    request_class = UpdateUserRequest
    response_class = UserDetailsRepresentation
    conditional = True
    permission = user_rows.permission("change")
    recent_proof = None  # for rights, and for a phone number

    @docs.update_user
    def patch(self, request: Request, user_id: str) -> Response:
        changes = self.validate(partial=True)
        user = UpdateUser.execute(
            UpdateUserInput(
                user_id=user_id,
                changes=changes,
                actor=self.user,
                precondition=self.precondition,
                require_proof=self.require_recent_proof,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(user)
