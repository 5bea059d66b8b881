from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_users.services import user_rows
from starterkit_users.v1.users.serializers import UserRepresentation

from . import docs
from .serializers import ListUsersFilters
from .use_case import ListUsers, ListUsersInput


class ListUsersView(EndpointView):
    """GET v1/users/."""

    use_case = ListUsers
    response_class = UserRepresentation
    permission = user_rows.permission("view")
    filter_class = ListUsersFilters
    paginated = True

    @docs.list_users
    def get(self, request: Request) -> Response:
        page = ListUsers.execute(
            ListUsersInput(page=self.page_request(), filters=self.filters())
        )
        return self.respond_page(page)
