from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
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

    def mandatory(self) -> Self:
        """Keep versions of mandatory documents."""
        return self.filter(document__mandatory=True)

    def with_standing_of(self, user: AbstractBaseUser, at: datetime) -> Self:
        """Annotate ``accepted`` and ``enforced``, two numbers of the same document.

        They are the highest number that ``user`` has accepted and the highest that is
        enforced, or 0 if there is none.
        """
        enforced = self._same_document(
            Q(enforce_at__lte=at) | Q(enforce_at=None, effective_at__lte=at),
            published_at__isnull=False,
        )
        accepted = self._same_document(acceptances__user=user.pk)
        return self.annotate(
            accepted=Coalesce(Subquery(accepted), 0),
            enforced=Coalesce(Subquery(enforced), 0),
        )

    def pending(self, user: AbstractBaseUser, at: datetime) -> Self:
        """Keep mandatory versions in force that ``user`` has not accepted yet."""
        mine = self.in_force(at).mandatory().with_standing_of(user, at)
        return mine.filter(accepted__lt=F("number"))

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
    state is computed from its dates when it is read, so no job has to run.
    """

    class State(models.TextChoices):
        """The state of one version, whatever other versions there are."""

        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        PUBLISHED = "published", _("published")

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
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
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
                condition=Q(published_at=None) | Q(effective_at__isnull=False),
                name="%(app_label)s_%(class)s_effective",
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
        """The state according to its dates, as of now."""
        if self.published_at is None or self.effective_at is None:
            return self.State.DRAFT
        ahead = self.effective_at > timezone.now()
        return self.State.SCHEDULED if ahead else self.State.PUBLISHED

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
