from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView

from . import docs
from .serializers import EventRepresentation
from .use_case import ListEvents, ListEventsInput


class ListEventsView(EndpointView):
    """GET v1/events/."""

    use_case = ListEvents
    response_class = EventRepresentation
    paginated = True

    @docs.list_events
    def get(self, request: Request) -> Response:
        page = ListEvents.execute(
            ListEventsInput(user=self.user, page=self.page_request())
        )
        return self.respond_page(page)
