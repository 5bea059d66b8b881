"""Jobs: bulk acts and imports, from their start to the deletion of their rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files import File
from django.core.files.storage import InvalidStorageError, Storage, storages
from django.db import IntegrityError
from django.db.models import Count
from django.db.models.signals import post_delete
from django.utils import timezone
from django.utils.crypto import get_random_string

from starterkit_core.db.conflicts import Conflict, is_duplicate
from starterkit_core.db.databases import accounts_database, rows_of, transaction_of
from starterkit_core.db.expired import Expired
from starterkit_core.ports import personal_data, retention
from starterkit_core.utils import moments
from starterkit_users.errors import JobNotFound
from starterkit_users.models.job import Job, JobRow

STORAGE = "starterkit_private"
"""The entry of ``STORAGES`` for uploaded files; no URL leads there."""

RETENTION = timedelta(days=30)
"""How long a job can be read."""

AT_ONCE = 100
"""On so many users a bulk act is done while its client waits; a task does more."""

SAVED_TOGETHER = 500
"""Rows that one statement saves."""

CLEARED = ("given",)
"""Options that may name a person, such as the reason of a suspension."""


def find(job_id: str, kind: str, actor: Any) -> Job:
    """Return a job of ``actor``.

    Raises:
        JobNotFound: there is none, or another administrator started it.
    """
    rows = rows_of(Job).filter(pk=job_id, kind=kind, actor_id=str(actor.pk))
    job = rows.first()
    if job is None:
        raise JobNotFound
    return job


def save_rows(job: Job, subjects: Iterable[Any]) -> None:
    """Save a waiting row for each of the users with these ids."""
    rows = (
        JobRow(job=job, place=place, subject_id=str(subject))
        for place, subject in enumerate(subjects)
    )
    rows_of(JobRow).bulk_create(rows, batch_size=SAVED_TOGETHER)


def begin(job_id: Any) -> Job | None:
    """Return the job as running; None if it is over or was deleted.

    A job that was running is taken up again: its worker may have been killed.
    """
    rows = rows_of(Job).filter(pk=job_id)
    rows.exclude(state__in=(Job.State.DONE, Job.State.FAILED)).update(
        state=Job.State.RUNNING, updated_at=timezone.now()
    )
    return rows.filter(state=Job.State.RUNNING).first()


def finish(job: Job, state: str, *, code: str = "", **columns: Any) -> None:
    """Save the end of a job, and forget what may name a person."""
    kept = {name: job.options[name] for name in job.options if name not in CLEARED}
    now = timezone.now()
    columns |= {"state": state, "code": code, "options": kept}
    if state == Job.State.FAILED:
        columns["fingerprint"] = None  # so that it can be tried again
    rows = rows_of(Job).filter(pk=job.pk)
    rows.update(**columns, finished_at=now, updated_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkReport:
    """A bulk act, and what became of its users."""

    job: Job
    counts: Mapping[str, int]
    """Rows by state."""

    results: Sequence[JobRow]
    """All rows, or none if there are more than ``AT_ONCE``."""


def bulk_report(job: Job) -> BulkReport:
    """Return how far a bulk act is."""
    rows = rows_of(JobRow).filter(job=job).order_by("place")
    found = rows.order_by().values_list("state").annotate(number=Count("pk"))
    results = [*rows] if is_small(job) else []
    counts = {**dict.fromkeys(JobRow.State.values, 0), **dict(found)}
    return BulkReport(job=job, counts=counts, results=results)


def is_small(job: Job) -> bool:
    """Return whether a client may wait until a bulk act is over."""
    return bool((job.total or 0) <= AT_ONCE)


def forget(user: AbstractBaseUser) -> None:
    """Let no job name ``user``, neither as its actor nor in a row."""
    key = str(user.pk)
    rows_of(Job).filter(actor_id=key).update(actor_id="")
    rows_of(JobRow).filter(subject_id=key).update(subject_id="")


def storage() -> Storage | None:
    """Return where uploaded files wait; None if the project has no such storage."""
    try:
        return storages[STORAGE]
    except InvalidStorageError:
        return None


def keep_file(file: IO[bytes]) -> str:
    """Save an uploaded file until its job is over, and return its name there."""
    place: Any = storage()
    return str(place.save(f"imports/{get_random_string(32)}.csv", File(file)))


def forget_file(name: str) -> None:
    """Delete the uploaded file of this name, ``""`` if there is none."""
    place = storage()
    if name and place is not None:
        place.delete(name)


def save_once(job: Job) -> None:
    """Save a new job.

    Raises:
        Conflict: another request has just saved one with the same fingerprint.
    """
    try:
        with transaction_of(accounts_database()):
            job.save(force_insert=True, using=accounts_database())
    except IntegrityError as error:
        if is_duplicate(error):
            raise Conflict from error
        raise


class JobsData:
    """The personal data in jobs: which ones a user started, and which named the user.

    Reasons and filters are gone when a job is over, and no value of an imported file
    is saved.
    """

    name = "user_jobs"
    models: tuple[str, ...] = (Job._meta.label, JobRow._meta.label)
    outlives_account = True

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return what the user started."""
        found = rows_of(Job).filter(actor_id=str(user.pk)).order_by("pk")
        return [
            {
                "kind": str(job.kind),
                "state": str(job.state),
                "rows": job.total,
                "created_at": moments.iso(job.created_at),
            }
            for job in found
        ]

    def erase(self, user: AbstractBaseUser) -> None:
        """Forget who it was, and keep what happened."""
        forget(user)


def expired() -> list[Expired]:
    """Return the jobs that may be deleted now."""
    since = timezone.now() - RETENTION
    return [Expired.since("jobs of users", rows_of(Job).all(), since)]


def register() -> None:
    """Register the jobs at core's ports, and let no deleted one leave its file."""
    retention.register("starterkit_users.jobs", expired)
    personal_data.register(JobsData())
    post_delete.connect(_deleted, sender=Job, dispatch_uid="starterkit_users.jobs")


def _deleted(*, instance: Job, **kwargs: Any) -> None:
    forget_file(instance.file)
