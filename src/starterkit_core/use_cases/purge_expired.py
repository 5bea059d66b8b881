"""Deletes expired rows, one batch at a time."""

from dataclasses import dataclass
from typing import Any

from starterkit_core.db.expired import Expired
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeExpiredInput(Input):
    """Which rows, and where the batch begins."""

    expired: Expired
    batch_size: int
    after: Any = None
    """Where the previous batch ended; None for the first batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgedBatch:
    """The result of one batch."""

    deleted: int
    last: Any
    """The last id that was looked at; None if it was the last batch."""


class PurgeExpired(UseCase[PurgeExpiredInput, PurgedBatch]):
    """Delete one batch of expired rows; repeat it until ``last`` is None.

    Each batch is a separate transaction. Rows that another run has locked are skipped
    if the database can, so concurrent runs neither wait nor deadlock.
    """

    def run(self) -> PurgedBatch:
        keys, last = self.lock_batch()
        self.delete_batch(keys)
        return PurgedBatch(deleted=len(keys), last=last)

    def lock_batch(self) -> tuple[list[Any], Any]:
        """Return ids of the next rows that no other run has locked, and the last id."""
        return self.input.expired.lock(self.input.after, self.input.batch_size)

    def delete_batch(self, keys: list[Any]) -> None:
        """Delete these rows."""
        self.input.expired.delete(keys)
