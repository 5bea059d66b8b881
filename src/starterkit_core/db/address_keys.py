"""Columns with the key of an address, unique in their table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from starterkit_core.addresses import Rule, canonical_by
from starterkit_core.db.databases import rows_of


class KeyedRow(NamedTuple):
    """A row with an address, and the key that it has now."""

    pk: Any
    account: Any
    address: str
    key: str | None

    def key_by(self, rule: Rule | None) -> str | None:
        """Return the key by a rule; the one it has if it has no well-formed address."""
        try:
            return canonical_by(rule, self.address) if self.address else self.key
        except ValueError:
            return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressKeys:
    """The columns of a model with an address and its key; all are names of fields."""

    model: type[Model]
    address: str
    key: str
    """The unique column with ``canonical_email()`` of the address."""

    account: str = "pk"
    """The column with the id of the account."""

    def rows(self) -> QuerySet[Any]:
        """Return every row, of the database that it is written to."""
        return rows_of(self.model)

    def page(self, after: Any, size: int) -> list[KeyedRow]:
        """Return so many rows after this primary key, or the first if it is None."""
        names = ("pk", self.account, self.address, self.key)
        rows = self.rows() if after is None else self.rows().filter(pk__gt=after)
        found = rows.order_by("pk").values_list(*names)[:size]
        return [KeyedRow(*values) for values in found]

    def pages(self, size: int) -> Iterator[list[KeyedRow]]:
        """Yield all rows by primary key, so many in each statement."""
        page = self.page(None, size)
        while page:
            yield page
            page = self.page(page[-1].pk, size) if len(page) == size else []
