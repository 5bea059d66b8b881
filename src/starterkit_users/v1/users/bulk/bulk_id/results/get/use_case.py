from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from starterkit_core.db.databases import rows_of
from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import JobNotFound
from starterkit_users.models.job import Job, JobRow
from starterkit_users.services import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBulkResultsInput(Input):
    """Which bulk act, which page of it, and who asks."""

    bulk_id: str
    actor: AbstractBaseUser
    page: PageRequest


class ListBulkResults(UseCase[ListBulkResultsInput, Page[JobRow]]):
    """Return what became of each user of a bulk act that the actor started.

    Raises:
        JobNotFound: there is none, or another administrator started it.
    """

    raises = (JobNotFound,)
    atomic = False

    def run(self) -> Page[JobRow]:
        return self.paginate(self.find_results())

    def find_results(self) -> QuerySet[JobRow]:
        """Return the rows of the job.

        Raises:
            JobNotFound: there is none, or another administrator started it.
        """
        job = jobs.find(self.input.bulk_id, Job.Kind.BULK, self.input.actor)
        return rows_of(JobRow).filter(job=job)

    def paginate(self, rows: QuerySet[JobRow]) -> Page[JobRow]:
        """Return the page that was asked for; ids are in the order of the places."""
        filters = {"job": self.input.bulk_id}
        return paginate(rows, order_by=["id"], request=self.input.page, filters=filters)
