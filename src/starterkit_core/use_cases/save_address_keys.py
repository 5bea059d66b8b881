"""Saves the keys that addresses have by the rule of the project, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

from starterkit_core.addresses import active_rule
from starterkit_core.db.address_keys import AddressKeys, KeyedRow
from starterkit_core.db.conflicts import is_duplicate
from starterkit_core.db.databases import transaction_of
from starterkit_core.errors import AddressTaken
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAddressKeysInput(Input):
    """Which columns, and where the batch begins."""

    keys: AddressKeys
    batch_size: int
    after: Any = None
    """Where the previous batch ended; None for the first batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedKeys:
    """The result of one batch."""

    saved: int
    last: Any
    """The last id that was looked at; None if it was the last batch."""


class SaveAddressKeys(UseCase[SaveAddressKeysInput, SavedKeys]):
    """Save the keys of one batch of rows; repeat it until ``last`` is None.

    Only rows with another key are written, so repeating it is safe.

    Raises:
        AddressTaken: two rows would have the same key; no row of the batch is saved.
    """

    raises = (AddressTaken,)

    def run(self) -> SavedKeys:
        given = self.input
        with transaction_of(given.keys.rows().db, savepoint=False):
            page = given.keys.page(given.after, given.batch_size)
            rows = self.renewed(self.lock(self.outdated(page)))
            self.save(rows)
        if rows:
            self.record_event(len(rows))
        is_last = len(page) < given.batch_size
        return SavedKeys(saved=len(rows), last=None if is_last else page[-1].pk)

    def outdated(self, page: Sequence[KeyedRow]) -> list[Any]:
        """Return the ids of the rows that have another key."""
        rule = active_rule()
        return [row.pk for row in page if row.key_by(rule) != row.key]

    def lock(self, ids: Sequence[Any]) -> list[Any]:
        """Return these rows as saved, locked; so their addresses stay what they are."""
        if not ids:
            return []
        rows = self.input.keys.rows().filter(pk__in=ids)
        return [*rows.order_by("pk").select_for_update()]

    def renewed(self, rows: Sequence[Any]) -> list[Any]:
        """Return the rows that still have another key, with the one to be saved."""
        keys, rule, found = self.input.keys, active_rule(), []
        for row in rows:
            address, key = getattr(row, keys.address), getattr(row, keys.key)
            made = KeyedRow(row.pk, None, address, key).key_by(rule)
            if made != key:
                setattr(row, keys.key, made)
                found.append(row)
        return found

    def save(self, rows: Sequence[Any]) -> None:
        """Save the new keys.

        Raises:
            AddressTaken: another row has one of them.
        """
        keys = self.input.keys
        try:
            keys.rows().bulk_update(rows, [keys.key])
        except IntegrityError as error:
            if not is_duplicate(error):
                raise
            raise AddressTaken from error

    def record_event(self, number: int) -> None:
        """Record how many keys were saved, of which model."""
        facts = {"model": self.input.keys.model._meta.label, "number": number}
        audit.record("core.address_keys_saved", facts=facts)
