from http import HTTPStatus

from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_users.services import data_exports
from starterkit_users.v1.me.exports.serializers import ExportRepresentation

from . import docs
from .use_case import RequestExport, RequestExportInput


class RequestExportView(EndpointView):
    """POST v1/me/exports/."""

    use_case = RequestExport
    response_class = ExportRepresentation
    success_status = HTTPStatus.ACCEPTED
    access = Access.SIGNED_IN
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        return data_exports.are_possible()

    @docs.request_export
    def post(self, request: Request) -> Response:
        export = RequestExport.execute(
            RequestExportInput(
                user=self.user, client=self.client, language=get_language() or ""
            )
        )
        return self.respond(export)
