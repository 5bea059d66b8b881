"""Finds accounts that a rule for addresses would take for one.

All rows are read twice. The first time, a bit is kept for the hash of each key, and the
hashes that come again; the second time, the rows with those. So the memory grows with
the number of collisions, not of rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from starterkit_core.addresses import Rule
from starterkit_core.db.address_keys import AddressKeys, KeyedRow

PAGE = 2_000
"""How many rows one statement reads."""

BITS = 1 << 27
"""How many hashes are told apart, in 16 MiB; a million rows share a few thousand."""

KEPT = 5
"""How many rows of each collision are kept, to be shown."""


@dataclass(slots=True)
class Collision:
    """Rows that would have the same key."""

    number: int = 0
    first: list[KeyedRow] = field(default_factory=list)

    def add(self, row: KeyedRow) -> None:
        """Count the row, and keep it if it is one of the first."""
        self.number += 1
        if len(self.first) < KEPT:
            self.first.append(row)


@dataclass(slots=True, kw_only=True)
class Survey:
    """What a rule would make of the keys of one model."""

    rows: int = 0
    changed: int = 0
    """Rows that would get another key."""

    collisions: dict[str, Collision] = field(default_factory=dict)
    """By the key that would be shared, in the order of the primary keys."""

    @property
    def colliding(self) -> int:
        """How many rows would share a key."""
        return sum(it.number for it in self.collisions.values())


class _Repeated:
    """The hashes of texts that were there before, and a few others."""

    def __init__(self) -> None:
        self._seen = bytearray(BITS // 8)
        self._found: set[int] = set()

    def note(self, text: str) -> None:
        place = hash(text) % BITS
        byte, bit = place // 8, 1 << place % 8
        if self._seen[byte] & bit:
            self._found.add(place)
        self._seen[byte] |= bit

    def __contains__(self, text: str) -> bool:
        return hash(text) % BITS in self._found

    def __bool__(self) -> bool:
        return bool(self._found)


def survey(keys: AddressKeys, rule: Rule | None, tell: Callable[[int], Any]) -> Survey:
    """Return what ``rule`` would make of the keys; None is no rule.

    ``tell`` is called with how many rows were read, again and again.
    """
    found, repeated = Survey(), _Repeated()
    for page in keys.pages(PAGE):
        for row in page:
            key = row.key_by(rule)
            found.changed += key != row.key
            if key:
                repeated.note(key)
        found.rows += len(page)
        tell(found.rows)
    if repeated:
        rows = (row for page in keys.pages(PAGE) for row in page)
        found.collisions = _collisions(rows, rule, repeated)
    return found


def _collisions(
    rows: Iterable[KeyedRow], rule: Rule | None, repeated: _Repeated
) -> dict[str, Collision]:
    groups: dict[str, Collision] = {}
    for row in rows:
        key = row.key_by(rule)
        if key and key in repeated:
            groups.setdefault(key, Collision()).add(row)
    return {key: it for key, it in groups.items() if it.number > 1}
