from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_auth.models.mailed_secret import AbstractMailedSecret
from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.utils.emails import MAX_LENGTH


class ChallengeQuerySet(WriterQuerySet["Challenge"]):
    """Filters for challenges."""

    def open(self) -> Self:
        """Keep those that were neither used nor superseded."""
        return self.filter(consumed_at=None, superseded_at=None)

    def with_code_at(self, now: datetime) -> Self:
        """Keep open ones whose code has not expired."""
        return self.open().filter(expires_at__gt=now)

    def with_link_at(self, now: datetime) -> Self:
        """Keep open ones whose link has not expired."""
        return self.open().filter(link_expires_at__gt=now)


ChallengeManager = models.Manager.from_queryset(ChallengeQuerySet)


class Challenge(AbstractMailedSecret):
    """A code and a link that are mailed so that a user can prove to read the mail."""

    class Purpose(models.TextChoices):
        """What the answer is for; ``services.purposes`` has the rules for each."""

        PASSWORD_RESET = "password_reset", _("set a new password")
        EMAIL_CHANGE = "email_change", _("prove a new address")
        EMAIL_REVERSAL = "email_reversal", _("bring a former address back")

    purpose: Any = models.CharField(_("purpose"), max_length=32, choices=Purpose)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    target = models.CharField(_("address to take"), max_length=MAX_LENGTH, blank=True)
    """The address that the answer gives to the account, as it was written.

    Mail is sent to it. Empty if the answer does not change the address.
    """

    consumed_at = models.DateTimeField(_("used at"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects: ClassVar[ChallengeManager["Challenge"]] = ChallengeManager()

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        indexes = [
            models.Index(fields=["address_key", "purpose"]),
            models.Index(fields=["link_expires_at"]),
        ]

    def has_link_at(self, now: datetime) -> bool:
        """Return whether it is open and its link has not expired."""
        is_open = self.consumed_at is None and self.superseded_at is None
        return is_open and now < self.link_expires_at

    def bound_to(self) -> str:
        """Return the account and the addresses that code and link are for."""
        return f"{self.user_id} {self.address_key} {self.target}"

    def __str__(self) -> str:
        return str(self.purpose)
