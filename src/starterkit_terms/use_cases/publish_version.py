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
from starterkit_core.utils.moments import as_stored, iso
from starterkit_terms.conf import conf, notice_period
from starterkit_terms.errors import (
    DatesOutOfOrder,
    LocalesMissing,
    NoticeTooShort,
    PublisherIsAuthor,
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
from starterkit_terms.services import epochs
from starterkit_terms.services.freezing import FROZEN, freeze, wording_of
from starterkit_terms.services.languages import needed_locales


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishVersionInput(Input):
    """Which draft to publish, and when; naive dates are in the current time zone."""

    version: AbstractVersion
    effective_at: datetime | None = None
    """When it takes effect; defaults to the draft's date, then to now."""

    enforce_at: datetime | None = None
    """From when it must be accepted; defaults to the draft's date."""

    announce_at: datetime | None = None
    """When it becomes visible; defaults to the draft's date, then to now."""

    change_class: str | None = None
    """What it asks of users; defaults to the draft's. A first version is active."""

    only_given_dates: bool = False
    """Whether the draft's dates are dropped where none is given here."""

    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class PublishVersion(UseCase[PublishVersionInput, AbstractVersion]):
    """Freeze the texts of a draft and put it into force, immediately or at a date.

    The cost does not depend on the number of users.

    Raises:
        VersionNotFound: it was deleted.
        VersionPublished: it has been published before.
        PublisherIsAuthor: ``FOUR_EYES`` is on, and the actor wrote a part of it; or
            there are authors and no actor.
        VersionWithoutText: it has no text.
        LocalesMissing: it lacks a required language, or the authoritative one.
        VersionOutdated: a later version has been published before.
        VersionUnchanged: the last published version has the same label and texts.
        DatesOutOfOrder: it would be announced or take effect in the past, take effect
            before it is announced or before a published version, or be enforced before
            it takes effect.
        NoticeTooShort: less time than ``NOTICE_PERIOD`` until it is enforced, or until
            it takes effect if users need not accept it.
    """

    raises = (
        VersionNotFound,
        VersionPublished,
        PublisherIsAuthor,
        VersionWithoutText,
        LocalesMissing,
        VersionOutdated,
        VersionUnchanged,
        DatesOutOfOrder,
        NoticeTooShort,
    )

    def run(self) -> AbstractVersion:
        version = self.lock_version()
        self.check_publisher(version)
        former = self.find_former(version)
        self.check_order(version, former)
        texts = self.find_texts(version)
        self.check_locales(version, texts)
        self.check_changed(version, texts, former)
        self.set_dates(version)
        self.check_succession(version)
        self.set_change_class(version)
        self.check_notice(version, former)
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

    def check_publisher(self, version: AbstractVersion) -> None:
        """Refuse an author of the draft, if the project wants four eyes.

        Without an actor, who may be any of the authors, only what has none is
        published: a command's texts were reviewed as files.

        Raises:
            PublisherIsAuthor: the actor wrote a part of it, or is not known.
        """
        actor = self.input.actor
        is_other = actor is not None and str(actor.pk) not in version.authors
        if conf.FOUR_EYES and version.authors and not is_other:
            raise PublisherIsAuthor

    def find_former(self, version: AbstractVersion) -> AbstractVersion | None:
        """Return the version of the document that was published last, or None."""
        siblings = rows_of(version_model()).filter(document=version.document_id)
        published = siblings.filter(published_at__isnull=False)
        return published.order_by("-number").first()

    def check_order(
        self, version: AbstractVersion, former: AbstractVersion | None
    ) -> None:
        """Refuse a version that is older than a published one.

        Raises:
            VersionOutdated: a later version has been published.
        """
        if former and former.number > version.number:
            raise VersionOutdated

    def check_changed(
        self,
        version: AbstractVersion,
        texts: Sequence[VersionText],
        former: AbstractVersion | None,
    ) -> None:
        """Refuse what every user would have to accept again without a reason.

        Raises:
            VersionUnchanged: the last published version has this label and these texts.
        """
        if former is None or former.label != version.label:
            return
        before = rows_of(VersionText).filter(version=former.pk)
        if wording_of(before) == wording_of(texts):
            raise VersionUnchanged(facts={"version": str(former.pk)})

    def set_dates(self, version: AbstractVersion) -> None:
        """Set when the version is published, announced, effective and enforced.

        Raises:
            DatesOutOfOrder: they are in another order, or the first is in the past.
        """
        now = timezone.now()
        version.published_at = now
        for name in ("announce_at", "effective_at", "enforce_at"):
            if given := getattr(self.input, name):
                setattr(version, name, as_stored(given))
            elif self.input.only_given_dates:
                setattr(version, name, None)
        version.announce_at = version.announce_at or now
        version.effective_at = version.effective_at or version.announce_at
        enforced = version.enforce_at or version.effective_at
        if not now <= version.announce_at <= version.effective_at <= enforced:
            raise DatesOutOfOrder

    def check_succession(self, version: AbstractVersion) -> None:
        """Refuse to take effect before a published version, which then never would.

        Of two that take effect at the same time, the one with the higher number does.

        Raises:
            DatesOutOfOrder: a published version takes effect later.
        """
        siblings = rows_of(version_model()).filter(
            document=version.document_id,
            published_at__isnull=False,
            effective_at__gt=version.effective_at,
        )
        if siblings.exists():
            raise DatesOutOfOrder

    def set_change_class(self, version: AbstractVersion) -> None:
        """Set what the version asks of users, who must accept a first one actively.

        It is a first one until an active version has taken effect before it.
        """
        active = version.ChangeClass.ACTIVE
        version.change_class = self.input.change_class or version.change_class
        if version.change_class == active:
            return
        siblings = rows_of(version_model()).filter(
            document=version.document_id,
            published_at__isnull=False,
            effective_at__lte=version.effective_at,
            change_class=active,
        )
        if not siblings.exists():
            version.change_class = active

    def check_notice(
        self, version: AbstractVersion, former: AbstractVersion | None
    ) -> None:
        """Refuse too short a notice to users who may have accepted a former version.

        Raises:
            NoticeTooShort: there is less time than ``NOTICE_PERIOD``.
        """
        notice = notice_period(version.document.nature)
        is_silent = version.change_class == version.ChangeClass.SILENT
        # Users who need not accept it are bound once it takes effect.
        is_active = version.change_class == version.ChangeClass.ACTIVE
        end = version.deadline if is_active else version.effective_at
        announced = version.announce_at
        if former is None or is_silent or announced is None or end is None:
            return
        if end - announced < notice:
            raise NoticeTooShort(facts={"earliest": iso(announced + notice)})

    def find_texts(self, version: AbstractVersion) -> list[VersionText]:
        """Return the texts of the version.

        Raises:
            VersionWithoutText: there is none.
        """
        texts = [*VersionText.objects.filter(version=version.pk)]
        if not texts:
            raise VersionWithoutText
        return texts

    def check_locales(
        self, version: AbstractVersion, texts: Sequence[VersionText]
    ) -> None:
        """Refuse a version without a text in a language that needs one.

        Raises:
            LocalesMissing: ``locales`` lists them.
        """
        if missing := needed_locales(version) - {text.locale for text in texts}:
            raise LocalesMissing(facts={"locales": sorted(missing)})

    def freeze_texts(
        self, version: AbstractVersion, texts: Sequence[VersionText]
    ) -> None:
        """Save each text with its HTML and its hashes."""
        for text in texts:
            freeze(text, version)
        VersionText.objects.bulk_update(texts, FROZEN)

    def save(self, version: AbstractVersion) -> None:
        """Save the dates and the class, bypassing the guard against publishing.

        Raises:
            VersionPublished: another request has just published it.
        """
        dates = ("published_at", "announce_at", "effective_at", "enforce_at")
        names = (*dates, "change_class")
        values: dict[str, Any] = {name: getattr(version, name) for name in names}
        draft = version_model()._base_manager.filter(pk=version.pk, published_at=None)
        if not draft.update(**values, updated_at=version.published_at):
            raise VersionPublished
        epochs.forget()

    def record_event(self, version: AbstractVersion) -> None:
        """Record who published it."""
        audit.record(
            "terms.version_published",
            actor=self.input.actor,
            subject=version,
            client=self.input.client,
            facts={"change_class": version.change_class},
        )

    def announce(self, version: AbstractVersion) -> None:
        """Send ``version_published`` after the commit."""
        announce(version_published, type(version), version=version)
