from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.http.requests import session_of
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import CurrentSessionRepresentation
from .use_case import ReadSession, ReadSessionInput


class ReadSessionView(EndpointView):
    """GET v1/session/."""

    use_case = ReadSession
    response_class = CurrentSessionRepresentation
    access = Access.SIGNED_IN

    @docs.read_session
    def get(self, request: Request) -> Response:
        current = ReadSession.execute(
            ReadSessionInput(user=self.user, session=session_of(request))
        )
        return self.respond(current)
