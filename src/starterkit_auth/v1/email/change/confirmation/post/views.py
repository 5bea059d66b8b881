from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.authentication import session_of
from starterkit_auth.v1.serializers import UserRepresentation
from starterkit_core.endpoints import EndpointView

from . import docs
from .serializers import ConfirmEmailChangeRequest
from .use_case import ConfirmEmailChange, ConfirmEmailChangeInput


class ConfirmEmailChangeView(EndpointView):
    """POST v1/email/change/confirmation/."""

    use_case = ConfirmEmailChange
    request_class = ConfirmEmailChangeRequest
    response_class = UserRepresentation
    permission_classes = (AllowAny,)

    @docs.confirm_email_change
    def post(self, request: Request) -> Response:
        given = self.validate()
        user = ConfirmEmailChange.execute(
            ConfirmEmailChangeInput(
                **given,
                user=self.user if "code" in given else self.user_if_any,
                session=session_of(request),
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(user)

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls; for a link a credential that is dead is like none.

        The link may be opened in a browser whose page cannot take its old cookie away.
        """
        try:
            super().perform_authentication(request)
        except AuthenticationFailed:
            if not isinstance(request.data, dict) or "token" not in request.data:
                raise

    @property
    def user_if_any(self) -> AbstractBaseUser | None:
        """Whoever is signed in; the link works without, too."""
        user = self.request.user
        return user if isinstance(user, AbstractBaseUser) else None
