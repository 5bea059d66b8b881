from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import UnknownRole
from starterkit_users.services import avatars, user_rows
from starterkit_users.use_cases.find_users import FindUsers, FindUsersInput, UserFilters

ORDERS = {
    "created": "pk",  # ids are ordered by time
    "-created": "-pk",
    "email": "email_key",
    "-email": "-email_key",
    "last_seen": "last_seen_at",
    "-last_seen": "-last_seen_at",
    "last_login": "last_login",
    "-last_login": "-last_login",
}
"""Who was never seen, or never signed in, comes last in either direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsersInput(Input):
    """Which users, and which page of them; the caller has checked permissions."""

    page: PageRequest
    filters: UserFilters


class ListUsers(UseCase[ListUsersInput, Page[Any]]):
    """Return users, the newest first unless another order was asked for.

    Raises:
        UnknownRole: users are narrowed to a role that does not exist.
    """

    raises = (UnknownRole,)
    atomic = False

    def run(self) -> Page[Any]:
        page = self.paginate(self.find_users())
        self.load_avatars(page)
        return page

    def find_users(self) -> QuerySet[Any]:
        """Return the users whom the filters let through."""
        return FindUsers.execute(FindUsersInput(filters=self.input.filters))

    def paginate(self, users: QuerySet[Any]) -> Page[Any]:
        """Return the page that was asked for."""
        given = self.input
        usual = "email" if self._is_by_address() else "-created"
        order = [ORDERS[given.filters.get("order", usual)]]
        filters = {**given.filters}
        return paginate(users, order_by=order, request=given.page, filters=filters)

    def _is_by_address(self) -> bool:
        """Return whether the usual order is that of addresses.

        Of a search it is: one index has what is found, one behind the other.
        """
        return "search" in self.input.filters and user_rows.has_key_of_address()

    def load_avatars(self, page: Page[Any]) -> None:
        """Read the pictures of all these users at once, if there are any."""
        avatars.attach(page.results)
