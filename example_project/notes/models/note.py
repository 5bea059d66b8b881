from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel

TITLE_MAX_LENGTH = 120
TEXT_MAX_LENGTH = 10_000


class NoteQuerySet(models.QuerySet["Note"]):
    """Queries for notes."""

    def of(self, user: AbstractBaseUser) -> Self:
        """Keep the notes of ``user``."""
        return self.filter(owner_id=user.pk)


class Note(BaseModel):
    """A private note of a user."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notes",
        verbose_name=_("owner"),
    )
    title = models.CharField(_("title"), max_length=TITLE_MAX_LENGTH)
    text = models.TextField(_("text"), max_length=TEXT_MAX_LENGTH, blank=True)

    objects: ClassVar[Any] = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["owner", "-created_at", "-id"])]

    def __str__(self) -> str:
        return self.title
