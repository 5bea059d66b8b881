from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.databases import database_of
from starterkit_core.db.querysets import WriterQuerySet, alters_data, queryset_only
from starterkit_core.db.swapping import Swappable
from starterkit_terms.errors import VersionPublished
from starterkit_terms.models.document import document_model


def lock_drafts(version_ids: Iterable[UUID], database: str) -> None:
    """Lock versions that are about to be changed, until its transaction ends.

    Raises:
        VersionPublished: one of them is published.
    """
    rows = version_model()._base_manager.using(database).filter(pk__in=version_ids)
    if any(rows.select_for_update().values_list("published_at", flat=True)):
        raise VersionPublished


class VersionQuerySet(WriterQuerySet[Any]):
    """Versions; ``at`` is the time for which a method answers."""

    def published(self) -> Self:
        """Keep published versions, whether or not they have taken effect."""
        return self.filter(published_at__isnull=False)

    def effective(self, at: datetime) -> Self:
        """Keep versions that have taken effect, superseded or not."""
        return self.published().filter(effective_at__lte=at)

    def in_force(self, at: datetime) -> Self:
        """Keep the latest version of each document that has taken effect."""
        latest = self._same_document(published_at__isnull=False, effective_at__lte=at)
        return self.effective(at).filter(number=Subquery(latest))

    def upcoming(self, at: datetime) -> Self:
        """Keep versions that are announced and have not taken effect."""
        return self.published().filter(announce_at__lte=at, effective_at__gt=at)

    def public(self, at: datetime) -> Self:
        """Keep what everybody may read: announced or effective, superseded or not."""
        return self.published().filter(Q(announce_at__lte=at) | Q(effective_at__lte=at))

    def current(self, at: datetime) -> Self:
        """Keep those in force and those that are announced, of each document."""
        latest = self._same_document(published_at__isnull=False, effective_at__lte=at)
        in_force = Q(effective_at__lte=at, number=Subquery(latest))
        ahead = Q(announce_at__lte=at, effective_at__gt=at)
        return self.published().filter(in_force | ahead)

    def with_state(self, at: datetime) -> Self:
        """Annotate whether each is superseded, which ``state`` reads."""
        later = self.model._base_manager.filter(
            document=OuterRef("document"),
            number__gt=OuterRef("number"),
            published_at__isnull=False,
            effective_at__lte=at,
        )
        return self.annotate(is_superseded=Exists(later))

    def mandatory(self) -> Self:
        """Keep versions of mandatory documents."""
        return self.filter(document__mandatory=True)

    def enforceable(self) -> Self:
        """Keep what users must accept, sooner or later: the epochs are made of these.

        It must keep every version that ``blocking()`` can count as enforced.
        """
        active = self.model.ChangeClass.ACTIVE
        asking = self.published().mandatory().filter(change_class=active)
        return asking.order_by("number")

    def with_standing_of(self, user: AbstractBaseUser, at: datetime) -> Self:
        """Annotate ``accepted``, ``decided``, ``needed`` and ``enforced``.

        They are numbers of versions of one document: the one that ``user`` has
        accepted, the one that the last act of ``user`` was about, the highest in effect
        that asks for acceptance, and the highest of these that is enforced; each is 0
        if there is none.
        """
        asking: dict[str, Any] = {
            "published_at__isnull": False,
            "change_class": self.model.ChangeClass.ACTIVE,
        }
        enforced = self._same_document(
            Q(enforce_at__lte=at) | Q(enforce_at=None, effective_at__lte=at), **asking
        )
        needed = self._same_document(effective_at__lte=at, **asking)
        # The model of states refers to documents, as versions do.
        states: Any = apps.get_model("starterkit_terms", "ConsentState").objects
        mine = states.valid(at).filter(user=user.pk, document=OuterRef("document"))
        return self.annotate(
            accepted=Coalesce(Subquery(mine.values("accepted_number")), 0),
            decided=Coalesce(Subquery(mine.values("number")), 0),
            needed=Coalesce(Subquery(needed), 0),
            enforced=Coalesce(Subquery(enforced), 0),
        )

    def pending(self, user: AbstractBaseUser, at: datetime) -> Self:
        """Keep mandatory versions in force that ``user`` has yet to accept.

        A silent change or one of which users are only informed asks no user who has
        accepted a version before it.
        """
        mine = self.in_force(at).mandatory().with_standing_of(user, at)
        return mine.filter(accepted__lt=F("needed"))

    def outstanding(self, user: AbstractBaseUser, at: datetime) -> Self:
        """Keep what is pending, and consents on which ``user`` has not decided yet."""
        mine = self.in_force(at).with_standing_of(user, at)
        unasked = Q(document__nature="consent") & (
            Q(decided=0) | Q(decided__lt=F("needed"))
        )
        pending = Q(document__mandatory=True, accepted__lt=F("needed"))
        return mine.filter(pending | unasked)

    def blocking(self, user: AbstractBaseUser, at: datetime) -> Self:
        """Keep what ``user`` must accept before using other endpoints.

        Until a new version is enforced, users who accepted the former version have a
        grace period; users who accepted neither have none.
        """
        return self.pending(user, at).filter(accepted__lt=F("enforced"))

    @alters_data
    def update(self, **kwargs: Any) -> int:
        """Update drafts; only ``PublishVersion`` publishes.

        Raises:
            VersionPublished: one of them is published, or would be.
        """
        if "published_at" in kwargs:
            raise VersionPublished
        with transaction.atomic(using=self.db):
            lock_drafts([*self.values_list("pk", flat=True)], self.db)
            return super().update(**kwargs)

    @alters_data
    @queryset_only
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete drafts.

        Raises:
            VersionPublished: one of them is published.
        """
        with transaction.atomic(using=self.db):
            lock_drafts([*self.values_list("pk", flat=True)], self.db)
            return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Insert drafts.

        Raises:
            VersionPublished: one of them is marked as published.
        """
        rows = [*objs]
        if any(row.published_at for row in rows):
            raise VersionPublished
        return super().bulk_create(rows, *args, **kwargs)

    def _same_document(self, *conditions: Q, **lookups: Any) -> models.QuerySet[Any]:
        """Return a query for the highest number of the same document that matches."""
        siblings = self.model._base_manager.filter(
            *conditions, document=OuterRef("document"), **lookups
        )
        highest: models.QuerySet[Any] = siblings.order_by("-number").values("number")
        return highest[:1]


class AbstractVersion(BaseModel):
    """One wording of a document, in one or several languages.

    It is a draft until it is published; then neither it nor its texts can change. Its
    state is computed from dates when it is read, so no job has to run.
    """

    class State(models.TextChoices):
        """The state of a version at one time."""

        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("superseded")

    class ChangeClass(models.TextChoices):
        """What a new version asks of users who accepted an earlier one.

        A person decides it; a hash only shows that there is a difference.
        """

        SILENT = "silent", _("silent: such as a typing error")
        INFORM = "inform", _("inform: users are told, and need not accept")
        ACTIVE = "active", _("active: users must accept it again")

    document = models.ForeignKey(
        document_model.label,
        on_delete=models.PROTECT,
        related_name="versions",
        verbose_name=_("document"),
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    label = models.CharField(
        _("label"), max_length=50, help_text=_("What people call it, such as 2026-11.")
    )
    change_summary = models.TextField(_("what has changed"), blank=True)
    change_class = models.CharField(
        _("class of change"),
        max_length=8,
        choices=ChangeClass,
        default=ChangeClass.ACTIVE,
        help_text=_("The first version of a document is always accepted actively."),
    )
    authoritative_locale = models.CharField(
        _("authoritative language"),
        max_length=16,
        blank=True,
        help_text=_("The language that prevails if the texts differ."),
    )
    authors = models.JSONField(
        _("authors"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Ids of the users who wrote the draft."),
    )
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    announce_at = models.DateTimeField(
        _("announced from"),
        null=True,
        blank=True,
        help_text=_("With the publication when left empty; hidden until then."),
    )
    effective_at = models.DateTimeField(
        _("takes effect at"),
        null=True,
        blank=True,
        help_text=_("With the publication when left empty."),
    )
    enforce_at = models.DateTimeField(
        _("enforced from"),
        null=True,
        blank=True,
        help_text=_("Until then people who accepted the former version may go on."),
    )

    objects: ClassVar[Any] = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        permissions = [("publish_version", "Can publish version")]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="%(app_label)s_%(class)s_number"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None)
                | Q(effective_at__isnull=False, announce_at__isnull=False),
                name="%(app_label)s_%(class)s_effective",
            ),
            models.CheckConstraint(
                condition=Q(announce_at=None)
                | Q(effective_at=None)
                | Q(announce_at__lte=F("effective_at")),
                name="%(app_label)s_%(class)s_announced",
                violation_error_message=_(
                    "It must be announced before it takes effect."
                ),
            ),
            models.CheckConstraint(
                condition=Q(enforce_at=None)
                | Q(effective_at=None)
                | Q(enforce_at__gte=F("effective_at")),
                name="%(app_label)s_%(class)s_enforced",
                violation_error_message=_(
                    "It cannot be enforced before it takes effect."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.label}"

    @property
    def state(self) -> State:
        """The state as of now; rows of ``with_state()`` answer without a query."""
        if self.published_at is None or self.effective_at is None:
            return self.State.DRAFT
        now = timezone.now()
        if self.effective_at > now:
            return self.State.SCHEDULED
        superseded = vars(self).get("is_superseded")
        if superseded is None:
            rows: Any = type(self).objects.filter(pk=self.pk).with_state(now)
            superseded = any(rows.values_list("is_superseded", flat=True))
        return self.State.SUPERSEDED if superseded else self.State.PUBLISHED

    @property
    def is_announced(self) -> bool:
        """Whether everybody may read it, as of now."""
        seen_from = [it for it in (self.announce_at, self.effective_at) if it]
        return bool(self.published_at and min(seen_from) <= timezone.now())

    @property
    def deadline(self) -> datetime | None:
        """The time from which it must have been accepted."""
        return self.enforce_at or self.effective_at

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a draft; only ``PublishVersion`` publishes.

        Raises:
            VersionPublished: it is published, or would be.
        """
        if self.published_at is not None:
            raise VersionPublished
        database = database_of(self, kwargs.get("using"))
        with transaction.atomic(using=database):
            lock_drafts([self.pk], database)
            super().save(*args, **kwargs)

    def delete(
        self, using: str | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        """Delete a draft.

        Raises:
            VersionPublished: it is published.
        """
        database = database_of(self, using)
        with transaction.atomic(using=database):
            lock_drafts([self.pk], database)
            return super().delete(using, *args, **kwargs)


version_model = Swappable[AbstractVersion]("starterkit_terms", "Version")


class Version(AbstractVersion):
    """The version of projects that do not swap the model."""

    class Meta(AbstractVersion.Meta):
        swappable = version_model.setting
