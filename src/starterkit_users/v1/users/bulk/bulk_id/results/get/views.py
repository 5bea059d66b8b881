from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.v1.users.bulk.serializers import BulkResultRepresentation

from . import docs
from .use_case import ListBulkResults, ListBulkResultsInput


class ListBulkResultsView(EndpointView):
    """GET v1/users/bulk/<bulk_id>/results/."""

    use_case = ListBulkResults
    response_class = BulkResultRepresentation
    permission = user_rows.permission("change")
    paginated = True

    @docs.list_bulk_results
    def get(self, request: Request, bulk_id: UUID) -> Response:
        page = ListBulkResults.execute(
            ListBulkResultsInput(
                bulk_id=str(bulk_id), actor=self.user, page=self.page_request()
            )
        )
        return self.respond_page(page)
