"""Reads the file of an import, batch after batch, and deletes it at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from starterkit_core.errors import DomainError
from starterkit_core.services.tasks import task
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.models.job import Job
from starterkit_users.services import csv_files, imports, jobs, user_rows
from starterkit_users.use_cases.import_rows import (
    ImportedRow,
    ImportRows,
    ImportRowsInput,
    repeated,
)

BATCH = 100
"""Rows that are saved in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunImportInput(Input):
    """Which job."""

    job_id: str


class RunImport(UseCase[RunImportInput, None]):
    """Import the rows of a file that are not done yet; one refusal stops no other.

    Each batch is a transaction of its own; this act has none, and may run again.
    """

    atomic = False

    def run(self) -> None:
        job = self.begin()
        if job is None:
            return
        code = self.import_all(job)
        if code is not None:
            self.finish(job, code)
            self.delete_file(job)

    def begin(self) -> Job | None:
        """Return the job, or None if it is over."""
        return jobs.begin(self.input.job_id)

    def import_all(self, job: Job) -> str | None:
        """Import batch after batch; return why it stopped, or ``""``.

        None if another run of the same task has gone on with it.
        """
        try:
            with self._open_rows(job) as rows:
                return self._import_from(job, rows)
        except DomainError as refusal:
            return refusal.code
        except FileNotFoundError:
            return "file_gone"

    def _find_actor(self, job: Job) -> Any:
        """Return who started it, as saved now; None without the permissions."""
        actor: Any = user_rows.find(job.actor_id)
        needed = [str(user_rows.permission(act)) for act in ("add", "change")]
        return actor if actor and actor.is_active and actor.has_perms(needed) else None

    @contextmanager
    def _open_rows(self, job: Job) -> Iterator[Iterator[ImportedRow]]:
        """Open the rows of the file that are not done."""
        place: Any = jobs.storage()
        with place.open(job.file) as file, csv_files.rows_of(file) as rows:
            yield self._read(job, rows)

    def finish(self, job: Job, code: str) -> None:
        """Save that it is over."""
        state = Job.State.FAILED if code else Job.State.DONE
        done = job.done if code else job.total
        jobs.finish(job, state, code=code, file="", done=done)

    def delete_file(self, job: Job) -> None:
        """Delete the uploaded file."""
        jobs.forget_file(job.file)

    def _import_from(self, job: Job, rows: Iterator[ImportedRow]) -> str | None:
        while batch := [*islice(rows, BATCH)]:
            actor = self._find_actor(job)
            if actor is None:
                return "permission_denied"
            last = batch[-1].line
            given = ImportRowsInput(job=job, actor=actor, rows=batch, last=last)
            if not ImportRows.execute(given):
                return None
            job.done = last
        return ""

    def _read(self, job: Job, rows: Iterator[csv_files.Row]) -> Iterator[ImportedRow]:
        """Yield the rows after the last line that is done.

        Those before are read again, because a later one may be about the same user.
        """
        fields, key, seen = job.options["columns"], job.options["key"], set()
        next(rows, None)  # the names of the columns
        for row in rows:
            values = dict(zip(fields, row.cells, strict=False))
            values = {it: values[it] for it in values if it and values[it]}
            known = hash(imports.key_of(values, key))
            is_first = known not in seen
            seen.add(known)
            if row.line <= job.done:
                continue
            if len(row.cells) != len(fields):
                yield ImportedRow(line=row.line, values={}, code="wrong_cells")
            elif key not in values:
                yield ImportedRow(line=row.line, values={}, code="key_missing")
            elif is_first:
                yield ImportedRow(line=row.line, values=values)
            else:
                yield repeated(row.line)


@task
def run_import(job_id: str) -> None:
    """Do the import of a job, or what is left of it."""
    RunImport.execute(RunImportInput(job_id=job_id))
