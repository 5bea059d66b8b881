"""Cancel a scheduled version that no user could read yet: it is a draft again."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import (
    VersionNotFound,
    VersionNotScheduled,
    VersionOutdated,
)
from starterkit_terms.models import (
    AbstractVersion,
    VersionText,
    document_model,
    version_model,
)
from starterkit_terms.services import epochs
from starterkit_terms.services.freezing import UNFROZEN


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelVersionInput(Input):
    """Which scheduled version, and who cancels it."""

    version: AbstractVersion
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class CancelVersion(UseCase[CancelVersionInput, AbstractVersion]):
    """Make a draft of a scheduled version, with its dates and texts.

    What is announced is a promise and stays; publish another version instead.

    Raises:
        VersionNotFound: it was deleted.
        VersionNotScheduled: it is a draft, announced or in force.
        VersionOutdated: a later version has been published.
    """

    raises = (VersionNotFound, VersionNotScheduled, VersionOutdated)

    def run(self) -> AbstractVersion:
        version = self.lock_version()
        self.check_hidden(version)
        self.check_last(version)
        self.save(version)
        self.thaw_texts(version)
        self.record_event(version)
        return version

    def lock_version(self) -> AbstractVersion:
        """Return the version as saved, after its document is locked.

        Raises:
            VersionNotFound: it has just been deleted.
        """
        given = self.input.version
        documents = document_model().objects.select_for_update()
        document = documents.filter(pk=given.document_id).first()
        rows = version_model().objects.select_for_update()
        version: AbstractVersion | None = rows.filter(pk=given.pk).first()
        if document is None or version is None:
            raise VersionNotFound
        version.document = document
        return version

    def check_hidden(self, version: AbstractVersion) -> None:
        """Refuse what users may have read.

        Raises:
            VersionNotScheduled: it is no scheduled version, or it is announced.
        """
        if version.published_at is None or version.is_announced:
            raise VersionNotScheduled

    def check_last(self, version: AbstractVersion) -> None:
        """Refuse if a later version builds on this one.

        Raises:
            VersionOutdated: a later version has been published.
        """
        siblings = rows_of(version_model()).filter(document=version.document_id)
        later = siblings.filter(number__gt=version.number, published_at__isnull=False)
        if later.exists():
            raise VersionOutdated

    def save(self, version: AbstractVersion) -> None:
        """Make it a draft, bypassing the model's guard for published versions."""
        version.published_at = None
        row = rows_of(version_model()).filter(pk=version.pk)
        row.update(published_at=None, updated_at=timezone.now())
        epochs.forget()

    def thaw_texts(self, version: AbstractVersion) -> None:
        """Drop what was frozen, so that a draft never looks like a published text."""
        VersionText.objects.filter(version=version.pk).update(**UNFROZEN)

    def record_event(self, version: AbstractVersion) -> None:
        """Record who cancelled it."""
        audit.record(
            "terms.version_cancelled",
            actor=self.input.actor,
            subject=version,
            client=self.input.client,
        )
