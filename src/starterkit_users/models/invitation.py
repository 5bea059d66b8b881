from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.db.swapping import Swappable
from starterkit_core.utils.emails import MAX_LENGTH
from starterkit_core.utils.salts import SALT_BYTES, new_salt


class Ending(models.TextChoices):
    """Whether an invitation was answered; one that only expired was not."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    REVOKED = "revoked", _("revoked")


EXPIRED = "expired"
"""What the state of an open invitation is once its time is over."""


def in_state(state: str, now: datetime) -> models.Q:
    """Return the condition of ``open``, ``expired``, ``accepted`` or ``revoked``."""
    if state == Ending.OPEN:
        return models.Q(ending=Ending.OPEN, expires_at__gt=now)
    if state == EXPIRED:
        return models.Q(ending=Ending.OPEN, expires_at__lte=now)
    return models.Q(ending=state)


def over_since(moment: datetime) -> models.Q:
    """Return the condition of what was answered, or expired, before ``moment``."""
    expired = models.Q(ending=Ending.OPEN, expires_at__lt=moment)
    return models.Q(ended_at__lt=moment) | expired


class AbstractInvitation(BaseModel):
    """An account that waits for its owner, who gets a link by mail to take it over.

    The token of the link is derived from the row and a key of the server, and never
    stored: an attacker who reads the table, or the queue of mails, has none.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        verbose_name=_("user"),
    )
    """The account that was made; None once it was deleted by a revocation."""

    address = models.CharField(_("address"), max_length=MAX_LENGTH)
    """As it was typed; mail is sent to it."""

    ending = models.CharField(
        _("ending"), max_length=10, choices=Ending.choices, default=Ending.OPEN
    )
    salt = models.BinaryField(
        _("salt"), max_length=SALT_BYTES, default=new_salt, editable=False
    )
    """Another one makes the former token void."""

    mails = models.PositiveIntegerField(_("mails"), default=1)
    """How many mails were sent; only the token of the last one is valid."""

    mailed_at = models.DateTimeField(_("last mail at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    ended_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    """When it was accepted or revoked."""

    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        verbose_name=_("invited by"),
    )

    roles = models.JSONField(_("roles"), default=list, blank=True)
    """Keys of the roles that the account gets once it is accepted."""

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [models.Index(fields=["ending", "id"])]  # the list, newest first

    @property
    def state(self) -> str:
        """``open``, ``expired``, ``accepted`` or ``revoked``, at this moment."""
        is_over = self.ending == Ending.OPEN and self.expires_at <= timezone.now()
        return EXPIRED if is_over else str(self.ending)

    def __str__(self) -> str:
        return self.address


invitation_model = Swappable[AbstractInvitation]("starterkit_users", "Invitation")


class Invitation(AbstractInvitation):
    """The default invitation; swap it to add columns of your own."""

    class Meta(AbstractInvitation.Meta):
        swappable = invitation_model.setting
