from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet


class VisitorQuerySet(WriterQuerySet[Any]):
    """Visitors."""

    def open(self, pk: UUID | None, at: datetime) -> Self:
        """Keep the one with this id, if it is neither bound nor expired."""
        return self.filter(pk=pk, bound_at=None, expires_at__gt=at)


class Visitor(BaseModel):
    """A client without an account that decided about documents.

    Its acts are rows of the ledger without a user, whose ``actor_id`` is this id. It is
    bound to an account once: then that gets copies of the acts. Not swappable.
    """

    expires_at = models.DateTimeField(
        _("expires at"), help_text=_("From then on it is bound to no account.")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="terms_visitors",
        verbose_name=_("user"),
        help_text=_("The account that it was bound to."),
    )
    bound_at = models.DateTimeField(_("bound at"), null=True)

    objects: ClassVar[Any] = VisitorQuerySet.as_manager()

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")

    def __str__(self) -> str:
        return str(self.pk)
