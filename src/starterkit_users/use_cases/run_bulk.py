"""Does a bulk act: on each user the same use case, in a transaction of its own."""

import logging
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from starterkit_core.db.databases import rows_of
from starterkit_core.errors import DomainError
from starterkit_core.services.tasks import task
from starterkit_core.use_cases import Input, UseCase, accompanied_by
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.outages import DATABASE_DOWN
from starterkit_users.models.job import Job, JobRow
from starterkit_users.services import jobs, user_rows
from starterkit_users.services.bulk_acts import BulkAct, acts
from starterkit_users.services.job_claims import Claim, Taken

logger = logging.getLogger("starterkit.users")

CHUNK = 100
"""Rows after which it is asked again whether the actor still may do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBulkInput(Input):
    """Which job, and the client that started it, if that waits."""

    job_id: str
    is_awaited: bool = False
    """Whether a client waits for the answer; a long job is left to its task."""

    client: Client = NO_CLIENT


class RunBulk(UseCase[RunBulkInput, jobs.BulkReport]):
    """Act on the users of a job whose rows are waiting; one refusal stops no other.

    Each row is claimed in the transaction of its act, so a task that runs again, or
    twice at once, acts on each user once. Only the acts are saved together with what
    they do; the job itself needs no transaction.
    """

    atomic = False

    def run(self) -> jobs.BulkReport:
        job = self.begin()
        if job is not None:
            is_allowed = self.act_on_all(job)
            self.finish(job, is_allowed=is_allowed)
        return self.report()

    def begin(self) -> Job | None:
        """Return the job, or None if it is over, or is not to be waited for."""
        job = rows_of(Job).filter(pk=self.input.job_id).first()
        is_left = job is None or (self.input.is_awaited and not jobs.is_small(job))
        return None if is_left else jobs.begin(self.input.job_id)

    def report(self) -> jobs.BulkReport:
        """Return how far the job is now."""
        return jobs.bulk_report(rows_of(Job).get(pk=self.input.job_id))

    def act_on_all(self, job: Job) -> bool:
        """Act on row after row; return False if the actor may not do it any more."""
        waiting = rows_of(JobRow).filter(job=job, state=JobRow.State.WAITING)
        act, place = acts().get(job.options["act"]), -1
        while rows := [*waiting.filter(place__gt=place).order_by("place")[:CHUNK]]:
            actor = self._find_actor(job, act)
            if act is None or actor is None:
                return False
            for row in rows:
                self._act_on(job, row, act, actor)
            place = rows[-1].place
        return True

    def _find_actor(self, job: Job, act: BulkAct | None) -> Any:
        """Return who started it, as saved now; None without the permission."""
        return act and user_rows.find_acting(job.actor_id, act.permission)

    def _act_on(self, job: Job, row: JobRow, act: BulkAct, actor: Any) -> None:
        """Act on one user, and save what became of it.

        Raises:
            DatabaseError: of a database that is down; the task can run again.
        """
        claim, given = Claim(act, row), job.options.get("given", {})
        client = self.input.client
        try:
            with accompanied_by(claim):
                act.run(row.subject_id, actor=actor, client=client, options=given)
            claim.take()
        except Taken:
            return
        except DomainError as refusal:
            self._save_refusal(row, refusal.code)
        except ValidationError:
            self._save_refusal(row, "validation_error")
        except DATABASE_DOWN:
            raise
        except Exception:
            logger.exception("A bulk act failed for one user.")
            self._save_refusal(row, "server_error")

    def _save_refusal(self, row: JobRow, code: str) -> None:
        """Save that the act was refused, and why; it had no effect."""
        waiting = rows_of(JobRow).filter(pk=row.pk, state=JobRow.State.WAITING)
        waiting.update(state=JobRow.State.REFUSED, code=code)

    def finish(self, job: Job, *, is_allowed: bool) -> None:
        """Save that it is over."""
        if is_allowed:
            jobs.finish(job, Job.State.DONE)
        else:
            jobs.finish(job, Job.State.FAILED, code="permission_denied")


@task
def run_bulk(job_id: str) -> None:
    """Do the bulk act of a job, or what is left of it; one may be deleted by now."""
    if rows_of(Job).filter(pk=job_id).exists():
        RunBulk.execute(RunBulkInput(job_id=job_id))
