"""Delete acts of erased users whose retention has ended, one batch at a time."""

from dataclasses import dataclass
from typing import Any

from starterkit_core.db.expired import Expired
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.use_cases.purge_expired import PurgedBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneEvidenceInput(Input):
    """Which acts, and where the batch begins."""

    expired: Expired
    batch_size: int
    after: Any = None
    """Where the previous batch ended; None for the first batch."""


class PruneEvidence(UseCase[PruneEvidenceInput, PurgedBatch]):
    """Delete one batch of acts, and record how many; repeat it until ``last`` is None.

    Acts of a user who has an account are never among them. Rows that another run has
    locked are skipped if the database can, so concurrent runs are safe.
    """

    def run(self) -> PurgedBatch:
        keys, last = self.lock_batch()
        if keys:
            self.delete_batch(keys)
            self.record_event(len(keys))
        return PurgedBatch(deleted=len(keys), last=last)

    def lock_batch(self) -> tuple[list[Any], Any]:
        """Return ids of the next rows that no other run has locked, and the last id."""
        return self.input.expired.lock(self.input.after, self.input.batch_size)

    def delete_batch(self, keys: list[Any]) -> None:
        """Delete these rows."""
        self.input.expired.delete(keys)

    def record_event(self, number: int) -> None:
        """Record how many acts were deleted."""
        audit.record("terms.evidence_pruned", facts={"number": number})
