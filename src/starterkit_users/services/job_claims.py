"""Claims the rows of bulk acts: a task that runs twice acts on each user once."""

from typing import Any

from starterkit_core.db.databases import rows_of
from starterkit_users.models.job import JobRow
from starterkit_users.services.bulk_acts import BulkAct


class Taken(Exception):
    """Another run of the same task has acted on this user."""


class Claim:
    """Saves in the transaction of an act that its row is done; see ``Companion``."""

    def __init__(self, act: BulkAct, row: JobRow) -> None:
        self.use_case, self.row, self._is_taken = act.use_case, row, False

    def begin(self, database: str) -> None:
        """Claim the row; another run that has it makes this one wait.

        Raises:
            Taken: the other one has acted on the user.
        """
        self._is_taken = False  # after a conflict, the transaction begins anew
        self.take()

    def end(self, output: Any) -> None:
        """Leave the rest to the act."""

    def take(self) -> None:
        """Save that the row is done; by itself if the act has no transaction.

        Raises:
            Taken: another run has done it.
        """
        if self._is_taken:
            return
        waiting = rows_of(JobRow).filter(pk=self.row.pk, state=JobRow.State.WAITING)
        if not waiting.update(state=JobRow.State.DONE):
            raise Taken
        self._is_taken = True
