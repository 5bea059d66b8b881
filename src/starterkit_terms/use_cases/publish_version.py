"""Publish a version: from then on it cannot be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.signals import announce, version_published
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.moments import as_stored
from starterkit_terms.errors import (
    DatesOutOfOrder,
    VersionNotFound,
    VersionOutdated,
    VersionPublished,
    VersionUnchanged,
    VersionWithoutText,
)
from starterkit_terms.models import (
    AbstractVersion,
    VersionText,
    document_model,
    version_model,
)
from starterkit_terms.services.freezing import freeze, wording_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishVersionInput(Input):
    """Which draft to publish, and when; naive dates are in the current time zone."""

    version: AbstractVersion
    effective_at: datetime | None = None
    """When it takes effect; defaults to the draft's date, then to now."""

    enforce_at: datetime | None = None
    """From when it must be accepted; defaults to the draft's date."""

    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class PublishVersion(UseCase[PublishVersionInput, AbstractVersion]):
    """Freeze the texts of a draft and put it into force, immediately or at a date.

    The cost does not depend on the number of users.

    Raises:
        VersionNotFound: it was deleted.
        VersionPublished: it has been published before.
        VersionWithoutText: it has no text.
        VersionOutdated: a later version has been published before.
        VersionUnchanged: the last published version has the same label and texts.
        DatesOutOfOrder: it would take effect in the past, or be enforced before that.
    """

    raises = (
        VersionNotFound,
        VersionPublished,
        VersionWithoutText,
        VersionOutdated,
        VersionUnchanged,
        DatesOutOfOrder,
    )

    def run(self) -> AbstractVersion:
        version = self.lock_version()
        self.check_order(version)
        texts = self.find_texts(version)
        self.check_changed(version, texts)
        self.set_dates(version)
        self.freeze_texts(version, texts)
        self.save(version)
        self.record_event(version)
        self.announce(version)
        return version

    def lock_version(self) -> AbstractVersion:
        """Return the draft as saved, after its document is locked.

        Raises:
            VersionNotFound: it has just been deleted.
            VersionPublished: it is published.
        """
        draft = self.input.version
        documents = document_model().objects.select_for_update()
        document = documents.filter(pk=draft.document_id).first()
        rows = version_model().objects.select_for_update()
        version: AbstractVersion | None = rows.filter(pk=draft.pk).first()
        if document is None or version is None:
            raise VersionNotFound
        if version.published_at:
            raise VersionPublished
        version.document = document
        return version

    def check_order(self, version: AbstractVersion) -> None:
        """Refuse a version that is older than a published one.

        Raises:
            VersionOutdated: a later version has been published.
        """
        siblings = version_model().objects.filter(document=version.document_id)
        if siblings.published().filter(number__gt=version.number).exists():
            raise VersionOutdated

    def check_changed(
        self, version: AbstractVersion, texts: Sequence[VersionText]
    ) -> None:
        """Refuse what every user would have to accept again without a reason.

        Raises:
            VersionUnchanged: the last published version has this label and these texts.
        """
        siblings = rows_of(version_model()).filter(document=version.document_id)
        published = siblings.filter(published_at__isnull=False)
        former = published.order_by("-number").first()
        if former is None or former.label != version.label:
            return
        before = rows_of(VersionText).filter(version=former.pk)
        if wording_of(before) == wording_of(texts):
            raise VersionUnchanged(facts={"version": str(former.pk)})

    def set_dates(self, version: AbstractVersion) -> None:
        """Set when the version is published, takes effect and is enforced.

        Raises:
            DatesOutOfOrder: it would take effect in the past, or be enforced before.
        """
        now = timezone.now()
        version.published_at = now
        version.effective_at = version.effective_at or now
        if self.input.effective_at:
            version.effective_at = as_stored(self.input.effective_at)
        if self.input.enforce_at:
            version.enforce_at = as_stored(self.input.enforce_at)
        if version.effective_at < now:
            raise DatesOutOfOrder
        if version.enforce_at and version.enforce_at < version.effective_at:
            raise DatesOutOfOrder

    def find_texts(self, version: AbstractVersion) -> list[VersionText]:
        """Return the texts of the version.

        Raises:
            VersionWithoutText: there is none.
        """
        texts = [*VersionText.objects.filter(version=version.pk)]
        if not texts:
            raise VersionWithoutText
        return texts

    def freeze_texts(
        self, version: AbstractVersion, texts: Sequence[VersionText]
    ) -> None:
        """Save each text with its HTML and its hash."""
        for text in texts:
            freeze(text, version)
        fields = ["title", "source", "html", "renderer", "content_hash"]
        VersionText.objects.bulk_update(texts, fields)

    def save(self, version: AbstractVersion) -> None:
        """Save the dates, bypassing the model's guard against publishing.

        Raises:
            VersionPublished: another request has just published it.
        """
        names = ("published_at", "effective_at", "enforce_at")
        values: dict[str, Any] = {name: getattr(version, name) for name in names}
        draft = version_model()._base_manager.filter(pk=version.pk, published_at=None)
        if not draft.update(**values, updated_at=version.published_at):
            raise VersionPublished

    def record_event(self, version: AbstractVersion) -> None:
        """Record who published it."""
        audit.record(
            "terms.version_published",
            actor=self.input.actor,
            subject=version,
            client=self.input.client,
        )

    def announce(self, version: AbstractVersion) -> None:
        """Send ``version_published`` after the commit."""
        announce(version_published, type(version), version=version)
