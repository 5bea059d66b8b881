"""Have all users told of a new version, by a task."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.services import audit
from starterkit_core.services.tasks import enqueue_after_commit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import NoticeNotDue, VersionNotFound
from starterkit_terms.models import AbstractVersion
from starterkit_terms.use_cases.send_notices import noticeable, send_notices


@dataclass(frozen=True, slots=True, kw_only=True)
class StartNoticesInput(Input):
    """Of which version, and who wants it."""

    version_id: str
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class StartNotices(UseCase[StartNoticesInput, AbstractVersion]):
    """Enqueue the first batch, which enqueues the next one; safe to repeat.

    The cost does not depend on the number of users.

    Raises:
        VersionNotFound: it was deleted.
        NoticeNotDue: it is a draft or not announced yet, silent, or superseded.
    """

    raises = (VersionNotFound, NoticeNotDue)

    def run(self) -> AbstractVersion:
        version = self.find_version()
        self.enqueue(version)
        self.record_event(version)
        return version

    def find_version(self) -> AbstractVersion:
        """Return the version.

        Raises:
            VersionNotFound: there is none with this id.
            NoticeNotDue: users are not told of it.
        """
        return noticeable(self.input.version_id)

    def enqueue(self, version: AbstractVersion) -> None:
        """Enqueue the task."""
        enqueue_after_commit(send_notices, str(version.pk))

    def record_event(self, version: AbstractVersion) -> None:
        """Record who started it."""
        audit.record(
            "terms.notices_started",
            actor=self.input.actor,
            subject=version,
            client=self.input.client,
        )
