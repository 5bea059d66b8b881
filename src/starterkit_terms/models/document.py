from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.databases import database_of
from starterkit_core.db.querysets import WriterQuerySet, alters_data
from starterkit_core.db.swapping import Swappable
from starterkit_terms.conf import conf
from starterkit_terms.errors import DocumentLocked

LOCKED = ("key", "nature")
"""Fields that are fixed once a version is published; the key is in every hash."""


def validate_audience(name: str) -> None:
    """Refuse a name that ``AUDIENCES`` has no policy for.

    Raises:
        ValidationError: there is none.
    """
    if name not in conf.AUDIENCES:
        raise ValidationError(_("There is no such audience."), code="unknown_audience")


class DocumentQuerySet(WriterQuerySet[Any]):
    """Documents."""

    def published(self) -> "DocumentQuerySet":
        """Keep those with a published version."""
        return self.filter(versions__published_at__isnull=False).distinct()

    @alters_data
    def update(self, **kwargs: Any) -> int:
        """Update rows.

        Raises:
            DocumentLocked: key or nature of a published document would change.
        """
        if not kwargs.keys() & set(LOCKED):
            return super().update(**kwargs)
        with transaction.atomic(using=self.db):
            ids = [*self.select_for_update().values_list("pk", flat=True)]
            rows = self.model.objects.using(self.db)
            if rows.filter(pk__in=ids).published().exists():
                raise DocumentLocked
            return super().update(**kwargs)


class AbstractDocument(BaseModel):
    """A text that users read, and accept if its nature requires that."""

    class Nature(models.TextChoices):
        """The legal nature of a document; it decides whether users accept it."""

        CONTRACT = "contract", _("contract")
        NOTICE = "notice", _("notice")
        CONSENT = "consent", _("consent")
        ATTESTATION = "attestation", _("attestation")

    ACCEPTABLE: ClassVar[tuple[str, ...]] = (Nature.CONTRACT, Nature.ATTESTATION)
    """A notice is only read, and consent must be voluntary (GDPR, article 7)."""

    key = models.SlugField(_("key"), max_length=50, unique=True)
    title = models.CharField(_("title"), max_length=200)
    nature = models.CharField(
        _("nature"), max_length=16, choices=Nature, default=Nature.CONTRACT
    )
    mandatory = models.BooleanField(
        _("mandatory"),
        default=True,
        help_text=_("Must be accepted to use the service; contracts only."),
    )
    valid_months = models.PositiveSmallIntegerField(
        _("valid for months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Consents only: after this time users are asked again."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    audience = models.CharField(
        _("audience"),
        max_length=50,
        blank=True,
        validators=[validate_audience],
        help_text=_("Name in AUDIENCES of whom it is for; everybody when left empty."),
    )

    objects: ClassVar[Any] = DocumentQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mandatory=False)
                | Q(nature__in=["contract", "attestation"]),
                name="%(app_label)s_%(class)s_mandatory",
                violation_error_message=_("Only a contract can be mandatory."),
            ),
            models.CheckConstraint(
                condition=Q(valid_months=None)
                | Q(nature="consent", valid_months__gte=1),
                name="%(app_label)s_%(class)s_valid_months",
                violation_error_message=_("Only a consent can expire."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row.

        Raises:
            DocumentLocked: key or nature would change although a version is published.
        """
        database = database_of(self, kwargs.get("using"))
        with transaction.atomic(using=database):
            if self._differs_from_published(database):
                raise DocumentLocked
            super().save(*args, **kwargs)

    def _differs_from_published(self, database: str) -> bool:
        """Return whether ``LOCKED`` fields differ from the row of a published document.

        The row is locked, so that no version is published meanwhile.
        """
        rows: Any = type(self).objects.using(database).filter(pk=self.pk)
        stored = rows.select_for_update().values(*LOCKED).first()
        mine = {name: getattr(self, name) for name in LOCKED}
        return stored not in (None, mine) and bool(rows.published().exists())


document_model = Swappable[AbstractDocument]("starterkit_terms", "Document")


class Document(AbstractDocument):
    """The document of projects that do not swap the model."""

    class Meta(AbstractDocument.Meta):
        swappable = document_model.setting
