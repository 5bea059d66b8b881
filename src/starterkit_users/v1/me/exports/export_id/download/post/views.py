from uuid import UUID

from django.http import FileResponse
from rest_framework.request import Request

from starterkit_core.http.downloads import DownloadView
from starterkit_core.http.endpoints import Access
from starterkit_users.services import data_exports

from . import docs
from .use_case import DownloadExport, DownloadExportInput


class DownloadExportView(DownloadView):
    """POST v1/me/exports/<export_id>/download/."""

    use_case = DownloadExport
    access = Access.SIGNED_IN
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        return data_exports.are_possible()

    @docs.download_export
    def post(self, request: Request, export_id: UUID) -> FileResponse:
        found = DownloadExport.execute(
            DownloadExportInput(user=self.user, export_id=export_id, client=self.client)
        )
        return self.respond_file(found.file, name=found.name)
