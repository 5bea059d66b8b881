from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView

from . import docs
from .serializers import ListedSessionRepresentation
from .use_case import ListSessions, ListSessionsInput


class ListSessionsView(EndpointView):
    """GET v1/sessions/."""

    use_case = ListSessions
    response_class = ListedSessionRepresentation
    paginated = True

    @docs.list_sessions
    def get(self, request: Request) -> Response:
        page = ListSessions.execute(
            ListSessionsInput(user=self.user, page=self.page_request())
        )
        return self.respond_page(page)
