from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import JobNotFound
from starterkit_users.models.job import Job
from starterkit_users.services import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBulkInput(Input):
    """Which bulk act, and who asks; the caller has checked permissions."""

    bulk_id: str
    actor: AbstractBaseUser


class ReadBulk(UseCase[ReadBulkInput, jobs.BulkReport]):
    """Return a bulk act that the actor started, and how far it is.

    Raises:
        JobNotFound: there is none, or another administrator started it.
    """

    raises = (JobNotFound,)
    atomic = False

    def run(self) -> jobs.BulkReport:
        return self.report(self.find_job())

    def find_job(self) -> Job:
        """Return the job.

        Raises:
            JobNotFound: there is none, or another administrator started it.
        """
        return jobs.find(self.input.bulk_id, Job.Kind.BULK, self.input.actor)

    def report(self, job: Job) -> jobs.BulkReport:
        """Return how far it is."""
        return jobs.bulk_report(job)
