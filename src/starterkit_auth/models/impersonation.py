from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.utils.salts import SALT_BYTES, new_salt


class Impersonation(BaseModel):
    """An administrator acts as another user, for a short time.

    It is no session of the user: it is in no list of theirs, counts for no limit of
    theirs, and cannot be renewed. ``request.auth`` is this row, so what needs a session
    refuses it.
    """

    generation: ClassVar[int] = 0
    """Its token is never renewed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    impersonator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("impersonator"),
    )
    session_id = models.UUIDField(_("session of the impersonator"))
    """It ends with that session. No foreign key, because a project may swap the model.
    """

    salt = models.BinaryField(
        _("salt"), max_length=SALT_BYTES, default=new_salt, editable=False
    )
    expires_at = models.DateTimeField(_("expires at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=32, blank=True)

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("impersonation")
        verbose_name_plural = _("impersonations")
        indexes = [models.Index(fields=["expires_at"])]

    def __str__(self) -> str:
        return str(self.id)

    def is_live_at(self, now: datetime) -> bool:
        """Return whether it has neither ended nor expired."""
        return self.ended_at is None and now < self.expires_at
