from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.http.requests import session_of
from starterkit_auth.v1.serializers import UserRepresentation
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import ConfirmEmailChangeRequest
from .use_case import ConfirmEmailChange, ConfirmEmailChangeInput


class ConfirmEmailChangeView(EndpointView):
    """POST v1/email/change/confirmation/."""

    use_case = ConfirmEmailChange
    request_class = ConfirmEmailChangeRequest
    response_class = UserRepresentation
    access = Access.OPTIONAL

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
