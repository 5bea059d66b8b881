from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.parsers import CsvParser
from starterkit_users.services import imports, jobs, user_rows
from starterkit_users.v1.users.imports.serializers import ImportRepresentation

from . import docs
from .serializers import StartImportQuery
from .use_case import StartImport, StartImportInput


class StartImportView(EndpointView):
    """POST v1/users/imports/."""

    use_case = StartImport
    response_class = ImportRepresentation
    success_status = HTTPStatus.ACCEPTED
    permission = user_rows.permission("add")
    filter_class = StartImportQuery
    parser_classes = (CsvParser,)
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        """Return whether the project has a storage for the file."""
        return jobs.storage() is not None

    @docs.start_import
    def post(self, request: Request) -> Response:
        query = self.filters()
        with self.uploaded() as file:
            report = StartImport.execute(
                StartImportInput(
                    file=file,
                    actor=self.user,
                    key=query.get("key", imports.keys()[0]),
                    dry_run=query.get("dry_run", False),
                    mapping=query.get("mapping", {}),
                    client=self.client,
                )
            )
        return self.respond(report)

    def success_headers(self, instance: Any) -> Mapping[str, str]:
        """Return where the import can be read."""
        return {"Location": f"{self.request.path}{instance.job.pk}/"}
