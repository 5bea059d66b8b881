"""Rows that may be deleted because their time is over, one batch after another.

What ended before a moment began before it, and ids contain the time. So only rows with
an older id are looked at: without that bound, the last batch of each run would read all
rows that are to stay. No statement looks at more than ``LOOKED_AT`` of them, so that it
ends within the longest time that a statement may take, however few are over.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet

from starterkit_core.db.databases import rows_of
from starterkit_core.utils.uuid7 import first_id_at

LOOKED_AT = 50_000
"""How many rows one statement of a purge looks at."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Rows of one kind that may be deleted."""

    name: str
    """Not translated, because scripts read it in logs."""

    rows: QuerySet[Any]

    among: QuerySet[Any]
    """All rows that began early enough to be over."""

    @classmethod
    def since(cls, name: str, rows: QuerySet[Any], moment: datetime) -> "Expired":
        """Return those of ``rows`` that began before ``moment``, by their UUIDv7."""
        began = {"pk__lt": first_id_at(moment)}
        return cls(name, rows.filter(**began), rows_of(rows.model).filter(**began))

    def count(self) -> int:
        """Return the number of rows."""
        return int(self.rows.count())

    def lock(self, after: Any, size: int) -> tuple[list[Any], Any]:
        """Return ids of rows after id ``after``, locked, and where to go on.

        That is the last id that was looked at; None if there are no further rows. Rows
        that another transaction has locked are skipped, if the database can.
        """
        rows, among = self.rows.order_by("pk"), self.among.order_by("pk")
        if after is not None:
            rows, among = rows.filter(pk__gt=after), among.filter(pk__gt=after)
        end = among.values_list("pk", flat=True)[LOOKED_AT - 1 : LOOKED_AT].first()
        keys = locked(rows if end is None else rows.filter(pk__lte=end), size)
        return keys, keys[-1] if len(keys) == size else end

    def delete(self, keys: list[Any]) -> None:
        """Delete the rows with these ids."""
        model: type[Model] = self.rows.model
        rows_of(model).filter(pk__in=keys).delete()


def locked(rows: QuerySet[Any], size: int) -> list[Any]:
    """Return the ids of so many rows, locked; those of other transactions left out."""
    skips = connections[rows.db].features.has_select_for_update_skip_locked
    found = rows.select_for_update(skip_locked=skips)
    return [*found.values_list("pk", flat=True)[:size]]
