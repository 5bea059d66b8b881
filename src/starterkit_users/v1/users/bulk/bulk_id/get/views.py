from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.v1.users.bulk.serializers import BulkRepresentation

from . import docs
from .use_case import ReadBulk, ReadBulkInput


class ReadBulkView(EndpointView):
    """GET v1/users/bulk/<bulk_id>/."""

    use_case = ReadBulk
    response_class = BulkRepresentation
    permission = user_rows.permission("change")

    @docs.read_bulk
    def get(self, request: Request, bulk_id: UUID) -> Response:
        report = ReadBulk.execute(ReadBulkInput(bulk_id=str(bulk_id), actor=self.user))
        return self.respond(report)
