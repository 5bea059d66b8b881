from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_users.services import data_exports
from starterkit_users.v1.me.exports.serializers import ExportRepresentation

from . import docs
from .use_case import ListExports, ListExportsInput


class ListExportsView(EndpointView):
    """GET v1/me/exports/."""

    use_case = ListExports
    response_class = ExportRepresentation
    access = Access.SIGNED_IN
    paginated = True

    @classmethod
    def is_available(cls) -> bool:
        return data_exports.are_possible()

    @docs.list_exports
    def get(self, request: Request) -> Response:
        page = ListExports.execute(
            ListExportsInput(user=self.user, page=self.page_request())
        )
        return self.respond_page(page)
