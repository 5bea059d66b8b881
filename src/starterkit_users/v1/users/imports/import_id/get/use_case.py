from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import JobNotFound
from starterkit_users.models.job import Job
from starterkit_users.services import imports, jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadImportInput(Input):
    """Which import, and who asks; the caller has checked permissions."""

    import_id: str
    actor: AbstractBaseUser


class ReadImport(UseCase[ReadImportInput, imports.ImportReport]):
    """Return an import that the actor started, and how far it is.

    Raises:
        JobNotFound: there is none, or another administrator started it.
    """

    raises = (JobNotFound,)
    atomic = False

    def run(self) -> imports.ImportReport:
        return self.report(self.find_job())

    def find_job(self) -> Job:
        """Return the job.

        Raises:
            JobNotFound: there is none, or another administrator started it.
        """
        return jobs.find(self.input.import_id, Job.Kind.IMPORT, self.input.actor)

    def report(self, job: Job) -> imports.ImportReport:
        """Return how far it is."""
        return imports.report(job)
