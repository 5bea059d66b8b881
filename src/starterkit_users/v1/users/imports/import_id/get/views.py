from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import jobs, user_rows
from starterkit_users.v1.users.imports.serializers import ImportRepresentation

from . import docs
from .use_case import ReadImport, ReadImportInput


class ReadImportView(EndpointView):
    """GET v1/users/imports/<import_id>/."""

    use_case = ReadImport
    response_class = ImportRepresentation
    permission = user_rows.permission("add")

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the project has a storage for files to import."""
        return jobs.storage() is not None

    @docs.read_import
    def get(self, request: Request, import_id: UUID) -> Response:
        report = ReadImport.execute(
            ReadImportInput(import_id=str(import_id), actor=self.user)
        )
        return self.respond(report)
