from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_auth.utils.salts import SALT_BYTES, new_salt
from starterkit_core.db.base_model import BaseModel
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


class Challenge(BaseModel):
    """A code and a link that are mailed so that a user can prove to read the mail.

    Both are derived from the row and a key of the server whenever they are needed. An
    attacker who reads this table, or the queue of the mails, has neither.
    """

    class Purpose(models.TextChoices):
        """What the answer is for; ``services.purposes`` has the rules for each."""

        REGISTRATION = "registration", _("prove the address of an account")
        PASSWORD_RESET = "password_reset", _("set a new password")
        EMAIL_CHANGE = "email_change", _("prove a new address")
        EMAIL_REVERSAL = "email_reversal", _("bring a former address back")

    purpose = models.CharField(_("purpose"), max_length=32, choices=Purpose)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    address_key = models.CharField(_("address"), max_length=MAX_LENGTH)
    """Canonical form of the account's address; for a reversal, of the former one."""

    target = models.CharField(_("address to take"), max_length=MAX_LENGTH, blank=True)
    """The address that the answer gives to the account, as it was written.

    Mail is sent to it. Empty if the answer does not change the address.
    """

    salt = models.BinaryField(_("salt"), max_length=SALT_BYTES, default=new_salt)
    key_id = models.CharField(_("signing key"), max_length=16)
    """Id of the key that code and link are derived from, in hex."""

    auth_hash = models.CharField(_("password version"), max_length=64, editable=False)
    """Digest of the stored password hash: a new password voids all but reversals."""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    """How many times a code was tried."""

    expires_at = models.DateTimeField(_("code expires at"))
    link_expires_at = models.DateTimeField(_("link expires at"))
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

    def __str__(self) -> str:
        return self.purpose
