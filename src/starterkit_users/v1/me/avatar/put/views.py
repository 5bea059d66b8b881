from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import avatars
from starterkit_users.v1.me.serializers import AccountRepresentation

from . import docs
from .serializers import AvatarParser, SetAvatarRequest
from .use_case import SetAvatar, SetAvatarInput


class SetAvatarView(EndpointView):
    """PUT v1/me/avatar/."""

    use_case = SetAvatar
    request_class = SetAvatarRequest
    response_class = AccountRepresentation
    parser_classes = (AvatarParser,)

    @classmethod
    def is_available(cls) -> bool:
        """Return whether users have avatars here."""
        return avatars.are_offered()

    @docs.set_avatar
    def put(self, request: Request) -> Response:
        sent = self.validate()
        account = SetAvatar.execute(
            SetAvatarInput(
                user=self.user,
                content=sent["file"],
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(account)
