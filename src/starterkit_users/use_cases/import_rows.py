"""Saves some rows of an import in one transaction, each refused one undone alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from starterkit_core.db.databases import accounts_database, rows_of, transaction_of
from starterkit_core.errors import DomainError
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import RepeatedRow
from starterkit_users.models.job import Job, JobRow
from starterkit_users.services import imports
from starterkit_users.use_cases.import_user import ImportUser, ImportUserInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """One row of the file."""

    line: int
    values: Mapping[str, str]
    code: str = ""
    """Why it cannot be read, or ``""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRowsInput(Input):
    """Rows that follow the last one that is done."""

    job: Job
    actor: Any
    rows: Sequence[ImportedRow]
    last: int
    """The number of the last line of these rows."""


class ImportRows(UseCase[ImportRowsInput, bool]):
    """Save rows and the place in the file together; return whether it was our turn.

    So a task that runs again, or twice at once, saves each row once.
    """

    def run(self) -> bool:
        job = self.lock_job()
        if job is None:
            return False
        errors = self.save_rows(job)
        self.save_place(job, errors)
        return True

    def lock_job(self) -> Job | None:
        """Return the job; None if another run has gone on with it, or ended it."""
        given = self.input.job
        rows = rows_of(Job).select_for_update().filter(pk=given.pk)
        return rows.filter(state=Job.State.RUNNING, done=given.done).first()

    def save_rows(self, job: Job) -> list[JobRow]:
        """Save row after row, count them, and return the refused ones."""
        errors = []
        for row in self.input.rows:
            kind, field, code = self._try_to_save(job, row)
            job.counts[kind] = job.counts.get(kind, 0) + 1
            if code and job.counts["refused"] <= imports.KEPT_ERRORS:
                state = JobRow.State.REFUSED
                errors.append(
                    JobRow(job=job, place=row.line, state=state, field=field, code=code)
                )
        return errors

    def _try_to_save(self, job: Job, row: ImportedRow) -> tuple[str, str, str]:
        """Save one row; return what became of it, and the field and code of a refusal.

        A dry run undoes it again.
        """
        if row.code:
            return "refused", "", row.code
        save = self._undone if job.options["dry_run"] else self._saved
        try:
            return save(lambda: self._save_row(row)), "", ""
        except DomainError as refusal:
            field = (refusal.facts.get("fields") or [""])[0]
            return "refused", field, refusal.code
        except ValidationError as error:
            return ("refused", *_first(error))

    def _save_row(self, row: ImportedRow) -> str:
        """Save one row, and return what became of it."""
        given = self.input
        return ImportUser.execute(
            ImportUserInput(
                key=given.job.options["key"], values=row.values, actor=given.actor
            )
        )

    def save_place(self, job: Job, errors: list[JobRow]) -> None:
        """Save how far the import is."""
        rows_of(JobRow).bulk_create(errors)
        job.done = self.input.last
        job.save(update_fields=["done", "counts", "updated_at"])

    def _saved(self, save: Callable[[], str]) -> str:
        with transaction_of(accounts_database()):  # a savepoint
            return save()

    def _undone(self, save: Callable[[], str]) -> str:
        try:
            with transaction_of(accounts_database()):
                raise _Tried(save())  # noqa: TRY301  # the transaction has to see it
        except _Tried as tried:
            return tried.kind


class _Tried(Exception):
    """A row of a dry run could be saved."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def repeated(line: int) -> ImportedRow:
    """Return a row about a user whom an earlier row is about."""
    return ImportedRow(line=line, values={}, code=RepeatedRow.code)


def _first(error: ValidationError) -> tuple[str, str]:
    """Return the first field that is refused, and why."""
    if not hasattr(error, "error_dict"):
        return "", str(error.error_list[0].code or "invalid")
    field, errors = next(iter(error.error_dict.items()))
    name = "" if field == "__all__" else field
    return name[:64], str(errors[0].code or "invalid")[:64]
