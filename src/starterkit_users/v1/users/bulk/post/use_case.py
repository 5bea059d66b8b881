"""Start a bulk act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied

from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.services.tasks import enqueue_after_commit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import CountDiffers, TooManyUsers, UnknownRole
from starterkit_users.models.job import Job
from starterkit_users.services import jobs, user_rows
from starterkit_users.services.bulk_acts import acts
from starterkit_users.use_cases.find_users import (
    FindUsers,
    FindUsersInput,
    UserFilters,
)
from starterkit_users.use_cases.run_bulk import run_bulk

MOST = 10_000
"""Most users of one bulk act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBulkInput(Input):
    """Which act on which users; the caller has checked permissions."""

    act: str
    actor: Any
    ids: Sequence[str] = ()
    filters: UserFilters | None = None
    """Instead of ids; those whom they find now, not those who come later."""

    count: int | None = None
    """How many users that should be."""

    given: Mapping[str, Any] = field(default_factory=dict)
    """What the act needs besides, such as a reason; JSON."""

    client: Client = NO_CLIENT


class StartBulk(UseCase[StartBulkInput, Job]):
    """Save whom to act on; for many users, start a task that does it.

    Raises:
        PermissionDenied: Django's; the actor may not do this act.
        TooManyUsers: these are more than ``MOST``.
        CountDiffers: these are not as many as the request says.
        UnknownRole: users are narrowed to a role that does not exist.
    """

    raises = (TooManyUsers, CountDiffers, UnknownRole)

    def prepare(self) -> None:
        self.check_permission()

    def run(self) -> Job:
        ids = self.find_ids()
        self.check_number(ids)
        job = self.save(ids)
        self.record_event(job)
        self.start(job)
        return job

    def check_permission(self) -> None:
        """Refuse an actor without the permission that the act needs.

        Raises:
            PermissionDenied: Django's.
        """
        act, actor = acts()[self.input.act], self.input.actor
        if not actor.has_perm(str(user_rows.permission(act.permission))):
            raise PermissionDenied

    def find_ids(self) -> Sequence[Any]:
        """Return the ids of the users, each once; one more than allowed at most."""
        filters = self.input.filters
        if filters is None:
            return [*dict.fromkeys(self.input.ids)]
        users = FindUsers.execute(FindUsersInput(filters=filters)).order_by("pk")
        return [*users.values_list("pk", flat=True)[: MOST + 1]]

    def check_number(self, ids: Sequence[Any]) -> None:
        """Refuse too many users, or another number than was counted.

        Raises:
            TooManyUsers: these are more than ``MOST``.
            CountDiffers: these are not as many as the request says.
        """
        if len(ids) > MOST:
            raise TooManyUsers(facts={"most": MOST})
        if self.input.count not in {None, len(ids)}:
            raise CountDiffers(facts={"count": len(ids)})

    def save(self, ids: Sequence[Any]) -> Job:
        """Save the job with a row for each user."""
        given = self.input
        job = Job(
            kind=Job.Kind.BULK,
            actor_id=str(given.actor.pk),
            options={"act": given.act, "given": dict(given.given)},
            total=len(ids),
        )
        job.save(force_insert=True, using=rows_of(Job).db)
        jobs.save_rows(job, ids)
        return job

    def record_event(self, job: Job) -> None:
        """Record what was started; each user's own event follows."""
        given = self.input
        facts: dict[str, Any] = {"act": given.act, "number": job.total}
        facts |= {"filters": sorted(given.filters)} if given.filters else {}
        audit.record(
            "users.bulk_started",
            actor=given.actor,
            subject=job,
            client=given.client,
            facts=facts,
        )

    def start(self, job: Job) -> None:
        """Enqueue the task, unless the client waits for the end."""
        if not jobs.is_small(job):
            enqueue_after_commit(run_bulk, str(job.pk))
