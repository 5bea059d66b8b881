from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.databases import database_of
from starterkit_core.db.querysets import WriterQuerySet, alters_data, queryset_only
from starterkit_terms.models.version import lock_drafts, version_model

LOCALE = r"^[a-z]{2,3}(-[a-z0-9]{2,8})*\Z"
"""A language as Django writes it: ``en``, ``pt-br``."""


class VersionTextQuerySet(WriterQuerySet[Any]):
    """Texts; those of a published version can only be read."""

    @alters_data
    def update(self, **kwargs: Any) -> int:
        """Update texts of drafts.

        Raises:
            VersionPublished: one of them belongs to a published version.
        """
        with transaction.atomic(using=self.db):
            target = kwargs.get("version") or kwargs.get("version_id")
            moved_to = [getattr(target, "pk", target)] if target else []
            stored = self.values_list("version_id", flat=True)
            lock_drafts([*stored, *moved_to], self.db)
            return super().update(**kwargs)

    @alters_data
    @queryset_only
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete texts of drafts.

        Raises:
            VersionPublished: one of them belongs to a published version.
        """
        with transaction.atomic(using=self.db):
            lock_drafts([*self.values_list("version_id", flat=True)], self.db)
            return super().delete()

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Insert texts of drafts.

        Raises:
            VersionPublished: one of them belongs to a published version.
        """
        rows = [*objs]
        with transaction.atomic(using=self.db):
            lock_drafts([row.version_id for row in rows], self.db)
            return super().bulk_create(rows, *args, **kwargs)


class VersionText(BaseModel):
    """A version in one language: its source and, once published, its frozen form.

    Not swappable; it works with a swapped version model too.
    """

    version = models.ForeignKey(
        version_model.label,
        on_delete=models.CASCADE,
        related_name="texts",
        verbose_name=_("version"),
    )
    locale = models.CharField(
        _("language"), max_length=16, validators=[RegexValidator(LOCALE)]
    )
    title = models.CharField(_("title"), max_length=200)
    source = models.TextField(_("text"), help_text=_("Markdown; HTML shows as text."))
    checkbox = models.CharField(
        _("wording of the checkbox"),
        max_length=500,
        blank=True,
        help_text=_("What users tick, such as: I have read and accept the terms."),
    )
    html = models.TextField(_("HTML"), blank=True, editable=False)
    renderer = models.CharField(
        _("renderer"), max_length=100, blank=True, editable=False
    )
    content_hash = models.CharField(
        _("hash"), max_length=64, blank=True, editable=False
    )
    html_hash = models.CharField(
        _("hash of the HTML"), max_length=64, blank=True, editable=False
    )

    objects: ClassVar[Any] = VersionTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["locale"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "locale"],
                name="%(app_label)s_%(class)s_locale",
                violation_error_message=_("There is a text in this language already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.locale})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save a text of a draft.

        Raises:
            VersionPublished: its version is published, or the one it is moved from.
        """
        database = database_of(self, kwargs.get("using"))
        with transaction.atomic(using=database):
            self._lock(database)
            super().save(*args, **kwargs)

    def delete(
        self, using: str | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        """Delete a text of a draft.

        Raises:
            VersionPublished: its version is published.
        """
        database = database_of(self, using)
        with transaction.atomic(using=database):
            self._lock(database)
            return super().delete(using, *args, **kwargs)

    def _lock(self, database: str) -> None:
        rows = type(self)._base_manager.using(database).filter(pk=self.pk)
        stored = rows.values_list("version_id", flat=True)
        lock_drafts([self.version_id, *stored], database)
