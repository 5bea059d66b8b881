from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import avatars

from . import docs
from .use_case import RemoveAvatar, RemoveAvatarInput


class RemoveAvatarView(EndpointView):
    """DELETE v1/me/avatar/."""

    use_case = RemoveAvatar
    success_status = HTTPStatus.NO_CONTENT

    @classmethod
    def is_available(cls) -> bool:
        """Return whether users have avatars here."""
        return avatars.are_offered()

    @docs.remove_avatar
    def delete(self, request: Request) -> Response:
        RemoveAvatar.execute(RemoveAvatarInput(user=self.user, client=self.client))
        return self.respond()
