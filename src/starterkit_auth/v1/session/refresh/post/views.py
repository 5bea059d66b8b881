from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.v1.serializers import OpenedSessionRepresentation
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import RefreshSessionRequest
from .use_case import RefreshSession, RefreshSessionInput


class RefreshSessionView(EndpointView):
    """POST v1/session/refresh/."""

    use_case = RefreshSession
    request_class = RefreshSessionRequest
    response_class = OpenedSessionRepresentation
    response_alternative = "WithTokens"
    access = Access.PUBLIC

    @docs.refresh_session
    def post(self, request: Request) -> Response:
        given = self.validate()
        refreshed = RefreshSession.execute(
            RefreshSessionInput(
                refresh_token=given["refresh_token"],
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(refreshed)
