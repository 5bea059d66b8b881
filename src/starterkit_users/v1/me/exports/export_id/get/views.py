from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_users.services import data_exports
from starterkit_users.v1.me.exports.serializers import ExportRepresentation

from . import docs
from .use_case import ReadExport, ReadExportInput


class ReadExportView(EndpointView):
    """GET v1/me/exports/<export_id>/."""

    use_case = ReadExport
    response_class = ExportRepresentation
    access = Access.SIGNED_IN

    @classmethod
    def is_available(cls) -> bool:
        return data_exports.are_possible()

    @docs.read_export
    def get(self, request: Request, export_id: UUID) -> Response:
        export = ReadExport.execute(
            ReadExportInput(user=self.user, export_id=export_id)
        )
        return self.respond(export)
