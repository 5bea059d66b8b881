from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.http.requests import session_of
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .use_case import EndOtherSessions, EndOtherSessionsInput


class EndOtherSessionsView(EndpointView):
    """DELETE v1/sessions/."""

    use_case = EndOtherSessions
    success_status = HTTPStatus.NO_CONTENT
    access = Access.SIGNED_IN

    @docs.end_other_sessions
    def delete(self, request: Request) -> Response:
        EndOtherSessions.execute(
            EndOtherSessionsInput(
                user=self.user, session=session_of(request), client=self.client
            )
        )
        return self.respond()
