from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.renderers import CsvRenderer
from starterkit_core.http.streams import streamed
from starterkit_core.utils.spreadsheets import written
from starterkit_users.services import user_rows

from . import docs
from .serializers import ExportUsersFilters
from .use_case import ExportUsers, ExportUsersInput


class ExportUsersView(EndpointView):
    """GET v1/users/export/."""

    use_case = ExportUsers
    permission = user_rows.permission("view")
    while_impersonated = False  # it would take the data of many others
    filter_class = ExportUsersFilters
    renderer_classes = (CsvRenderer,)

    @docs.export_users
    def get(self, request: Request) -> HttpResponseBase:
        filters: Any = self.filters()
        fields = filters.pop("fields", ())
        table = ExportUsers.execute(
            ExportUsersInput(
                filters=filters, fields=fields, actor=self.user, client=self.client
            )
        )
        parts = written(table.names, table.rows)
        return streamed(
            request._request, parts, media_type="text/csv", filename="users.csv"
        )
