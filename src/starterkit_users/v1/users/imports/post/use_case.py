"""Start an import of users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.exceptions import PermissionDenied

from starterkit_core.db.databases import rows_of
from starterkit_core.errors import DomainError
from starterkit_core.services import audit
from starterkit_core.services.tasks import enqueue_after_commit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import (
    FileMalformed,
    FileNotText,
    TooManyUsers,
    WrongColumns,
)
from starterkit_users.models.job import Job
from starterkit_users.services import csv_files, imports, jobs, user_rows
from starterkit_users.use_cases.run_import import run_import

MOST_LINES = 100_000
"""Most lines of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartImportInput(Input):
    """The file, and how to read it; the caller has checked one permission."""

    file: IO[bytes]
    actor: Any
    key: str
    dry_run: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    client: Client = NO_CLIENT


class StartImport(UseCase[StartImportInput, imports.ImportReport]):
    """Judge a file, keep it for the task, and return the job that imports it.

    The same file with the same options is the same job, as long as that is kept and
    has not failed.

    Raises:
        PermissionDenied: Django's; the actor may not both add and change users.
        FileNotText: it is no text in UTF-8, or has NUL characters.
        FileMalformed: its first line is no CSV.
        TooManyUsers: it has more than ``MOST_LINES``.
        WrongColumns: the first line lacks a column, or names one twice.
    """

    raises = (FileNotText, FileMalformed, TooManyUsers, WrongColumns)

    name = ""
    """Of the file in the storage, once it is there."""

    def prepare(self) -> None:
        self.check_permissions()
        self.inspected = self.inspect()
        self.options = self.choose_options(self.known_fields())
        given = self.input
        digest = self.inspected.digest
        self.fingerprint = imports.fingerprint(digest, self.options, given.actor)
        if self.find_former() is None:
            self.name = self.keep_file()

    def run(self) -> imports.ImportReport:
        job = self.find_former()
        if job is None:
            job = self.save()
            self.record_event(job)
            self.start(job)
        elif job.file != self.name:
            self.forget_file()
        return imports.report(job)

    def refused(self, error: DomainError) -> None:
        self.forget_file()

    def check_permissions(self) -> None:
        """Refuse an actor who may not both add and change users.

        Raises:
            PermissionDenied: Django's.
        """
        needed = [str(user_rows.permission(act)) for act in ("add", "change")]
        if not self.input.actor.has_perms(needed):
            raise PermissionDenied

    def inspect(self) -> csv_files.Inspected:
        """Read the file once, and judge whether it can be read row by row.

        Raises:
            FileNotText: it is no text in UTF-8, or has NUL characters.
            TooManyUsers: it has more than ``MOST_LINES``.
        """
        found = csv_files.inspect(self.input.file)
        if found.lines > MOST_LINES:
            raise TooManyUsers(facts={"most": MOST_LINES})
        return found

    def choose_options(self, known: Sequence[str]) -> dict[str, Any]:
        """Return how to read the file: key, fields of the columns, dry run.

        Raises:
            FileMalformed: the first line is no CSV.
            WrongColumns: it lacks a column, or names one twice.
        """
        given = self.input
        header = csv_files.header_of(given.file)
        columns = imports.chosen_columns(
            header, given.mapping, key=given.key, known=known
        )
        return {"key": given.key, "columns": columns, "dry_run": given.dry_run}

    def known_fields(self) -> Sequence[str]:
        """Return the fields that a column may have.

        A host whose user model needs more adds the names of its columns here; they are
        saved when an account is created.
        """
        return imports.known_fields()

    def keep_file(self) -> str:
        """Save the file in the storage, and return its name there."""
        return jobs.keep_file(self.input.file)

    def find_former(self) -> Job | None:
        """Return the job of the same import, or None."""
        return rows_of(Job).filter(fingerprint=self.fingerprint).first()

    def save(self) -> Job:
        """Save the job.

        Raises:
            Conflict: another request has just saved the same one.
        """
        given = self.input
        job = Job(
            kind=Job.Kind.IMPORT,
            actor_id=str(given.actor.pk),
            options=self.options,
            total=self.inspected.lines,
            file=self.name,
            fingerprint=self.fingerprint,
        )
        jobs.save_once(job)
        return job

    def record_event(self, job: Job) -> None:
        """Record what was started; each user's own event follows."""
        given = self.input
        facts = {"lines": job.total, "dry_run": given.dry_run}
        audit.record(
            "users.import_started",
            actor=given.actor,
            subject=job,
            client=given.client,
            facts=facts,
        )

    def start(self, job: Job) -> None:
        """Run the import after the commit, by a task."""
        enqueue_after_commit(run_import, str(job.pk))

    def forget_file(self) -> None:
        """Delete the file that was kept and is not needed."""
        jobs.forget_file(self.name)
