"""Export users as a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils import moments
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import UnknownRole
from starterkit_users.services import user_rows
from starterkit_users.services.account_fields import exported_fields
from starterkit_users.use_cases.find_users import (
    FindUsers,
    FindUsersInput,
    UserFilters,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportUsersInput(Input):
    """Which users and fields, and who asks; the caller has checked permissions."""

    filters: UserFilters
    fields: Sequence[str] = ()
    """Names of ``exported_fields()``; none means all of them."""

    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is exported; the rows are read while they are written."""

    names: Sequence[str]
    rows: Iterator[Sequence[str]]


class ExportUsers(UseCase[ExportUsersInput, Table]):
    """Return the users as a table of texts, and record who took them.

    It is recorded before the first row is read: what breaks off half-way was taken,
    too.

    Raises:
        UnknownRole: users are narrowed to a role that does not exist.
    """

    raises = (UnknownRole,)

    def run(self) -> Table:
        columns = self.choose_columns()
        users = self.find_users()
        self.record_event([*columns])
        return Table(names=[*columns], rows=self.read_rows(users, columns))

    def choose_columns(self) -> Mapping[str, str]:
        """Return the path of each column of the table, by its name.

        A host that exports a column of its own adds it here.
        """
        known = exported_fields()
        names = self.input.fields or [*known]
        return {name: known[name].attname for name in names}

    def find_users(self) -> QuerySet[Any]:
        """Return the users whom the filters let through."""
        return FindUsers.execute(FindUsersInput(filters=self.input.filters))

    def record_event(self, names: list[str]) -> None:
        """Record who takes which fields, by which filters; no value of either."""
        given = self.input
        audit.record(
            "users.users_exported",
            actor=given.actor,
            client=given.client,
            facts={"fields": names, "filters": sorted(given.filters)},
        )

    def read_rows(
        self, users: QuerySet[Any], columns: Mapping[str, str]
    ) -> Iterator[Sequence[str]]:
        """Yield the cells of each user, read in chunks, by primary key."""
        for _, *values in user_rows.in_chunks(users, [*columns.values()]):
            yield [_cell(value) for value in values]


TEXT_OF: Mapping[type, Callable[[Any], str]] = {
    bool: lambda flag: str(flag).lower(),
    datetime: moments.iso,
    type(None): lambda _: "",
}


def _cell(value: Any) -> str:
    """Return a value as the API shows it; NULL is empty."""
    return TEXT_OF.get(type(value), str)(value)
