"""Finds the users whom the list shows, the export writes and a bulk act is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from starterkit_core.db.databases import rows_of
from starterkit_core.ports import user_filters
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_users.errors import UnknownRole
from starterkit_users.services import roles, user_rows

COLUMNS = {
    "is_active": "is_active",
    "is_staff": "is_staff",
    "is_superuser": "is_superuser",
    "status": "status",
    "last_seen_since": "last_seen_at__gte",
    "last_seen_until": "last_seen_at__lt",
}
"""The filters that are a comparison with a column."""

MOMENTS = {"created_since": "pk__gte", "created_until": "pk__lt"}
"""The filters that are a comparison with the moment in an id."""


class UserFilters(TypedDict, total=False):
    """What users are narrowed to, and their order; what is absent does not narrow.

    A key that is not here belongs to a filter of the port ``user_filters``.
    """

    search: str
    status: str
    is_active: bool
    is_staff: bool
    is_superuser: bool
    group: str
    role: Sequence[str]
    created_since: datetime
    created_until: datetime
    last_seen_since: datetime
    last_seen_until: datetime
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUsersInput(Input):
    """Which users; the caller has checked permissions."""

    filters: UserFilters


class FindUsers(UseCase[FindUsersInput, "QuerySet[Any]"]):
    """Return the users whom the filters let through, each once and in no order.

    A project whose administrators see some of the users overrides this one act, and
    list, export and bulk acts are narrowed alike.

    Raises:
        UnknownRole: users are narrowed to a role that does not exist.
    """

    raises = (UnknownRole,)
    atomic = False

    def run(self) -> QuerySet[Any]:
        return self.find_users()

    def find_users(self) -> QuerySet[Any]:
        """Return the users whom the filters let through; the order is not applied.

        Raises:
            UnknownRole: no role has one of the keys.
        """
        given: Mapping[str, Any] = self.input.filters
        columns = {COLUMNS[name]: given[name] for name in given if name in COLUMNS}
        moments = {MOMENTS[it]: first_id_at(given[it]) for it in given if it in MOMENTS}
        users = user_rows.all_users()
        if columns or moments:  # even an empty filter copies the query
            users = users.filter(**columns, **moments)
        if "search" in given:
            users = users.filter(user_rows.called(given["search"]))
        if "group" in given:
            users = self._narrow_to_group(users, given["group"])
        if "role" in given:
            users = self._narrow_to_roles(users, given["role"])
        return self._narrow_by_modules(users)

    def _narrow_to_group(self, users: QuerySet[Any], name: str) -> QuerySet[Any]:
        """Narrow them to the members of a group.

        By its id: then the planner knows how many members it has.
        """
        found = rows_of(Group).filter(name=name).values_list("pk", flat=True).first()
        return users.none() if found is None else users.filter(groups=found)

    def _narrow_to_roles(
        self, users: QuerySet[Any], keys: Sequence[str]
    ) -> QuerySet[Any]:
        """Narrow them to the users with one of these roles.

        Raises:
            UnknownRole: no role has one of the keys.
        """
        found = roles.group_ids(keys)
        if unknown := sorted({*keys} - found.keys()):
            raise UnknownRole(facts={"roles": unknown})
        members = user_rows.ids_of_members([*found.values()])
        return users.filter(pk__in=members)

    def _narrow_by_modules(self, users: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow them by the filters of other modules, such as a proven address."""
        known = UserFilters.__annotations__
        for name, value in self.input.filters.items():
            if name not in known:
                users = users.filter(user_filters.condition(name, value))
        return users
