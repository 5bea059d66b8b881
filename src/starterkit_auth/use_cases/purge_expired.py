"""Deletes expired rows, one batch at a time."""

from dataclasses import dataclass
from typing import Any

from starterkit_auth.services.retention import Expired
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeExpiredInput(Input):
    """Which rows, and where the batch begins."""

    expired: Expired
    batch_size: int
    after: Any = None
    """The last id of the previous batch; None for the first batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgedBatch:
    """The result of one batch."""

    deleted: int
    last: Any
    """The last id of the batch; None if it was the last batch."""


class PurgeExpired(UseCase[PurgeExpiredInput, PurgedBatch]):
    """Delete one batch of expired rows; repeat it until ``last`` is None.

    Each batch is a separate transaction. Rows that another run has locked are skipped
    if the database can, so concurrent runs neither wait nor deadlock.
    """

    def run(self) -> PurgedBatch:
        keys = self.lock_batch()
        self.delete_batch(keys)
        is_last = len(keys) < self.input.batch_size
        return PurgedBatch(deleted=len(keys), last=None if is_last else keys[-1])

    def lock_batch(self) -> list[Any]:
        """Return the ids of the next rows that no other run has locked."""
        return self.input.expired.lock(self.input.after, self.input.batch_size)

    def delete_batch(self, keys: list[Any]) -> None:
        """Delete these rows."""
        self.input.expired.delete(keys)
