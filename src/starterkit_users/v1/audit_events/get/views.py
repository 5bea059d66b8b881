from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView

from . import docs
from .serializers import AuditEventRepresentation, ListAuditEventsFilters
from .use_case import ListAuditEvents, ListAuditEventsInput


class ListAuditEventsView(EndpointView):
    """GET v1/audit-events/."""

    use_case = ListAuditEvents
    response_class = AuditEventRepresentation
    permission = "starterkit_core.view_auditevent"
    filter_class = ListAuditEventsFilters
    paginated = True

    @docs.list_audit_events
    def get(self, request: Request) -> Response:
        page = ListAuditEvents.execute(
            ListAuditEventsInput(page=self.page_request(), filters=self.filters())
        )
        return self.respond_page(page)
