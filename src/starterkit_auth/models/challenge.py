import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.models import BaseModel

SALT_BYTES = 16


def new_salt() -> bytes:
    """Return what makes the secrets of one challenge its own."""
    return secrets.token_bytes(SALT_BYTES)


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    """Named questions about challenges."""

    def open(self) -> Self:
        """Keep those that were neither used nor replaced."""
        return self.filter(consumed_at=None, superseded_at=None)

    def with_code_at(self, now: datetime) -> Self:
        """Keep those that a code can still answer."""
        return self.open().filter(expires_at__gt=now)

    def with_link_at(self, now: datetime) -> Self:
        """Keep those that a link can still answer."""
        return self.open().filter(link_expires_at__gt=now)


ChallengeManager = models.Manager.from_queryset(ChallengeQuerySet)


class Challenge(BaseModel):
    """One question whether a person reads the mail of an address.

    Code and link are derived from the id, the salt and a key of the server, whenever
    they are needed. So who reads this table, or the queue that the mail waits in, has
    neither.
    """

    purpose = models.CharField(_("purpose"), max_length=32)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    address_key = models.CharField(_("address"), max_length=254)
    """The canonical form of the address that the account has, or had and may undo."""

    target = models.CharField(_("address to take"), max_length=254, blank=True)
    """The address that the account gets by the answer, as it was written.

    Empty where it keeps its own. Mail goes there.
    """

    salt = models.BinaryField(_("salt"), max_length=SALT_BYTES, default=new_salt)
    key_id = models.CharField(_("signing key"), max_length=16)
    """Which key of the ring code and link are derived with."""

    auth_hash = models.CharField(_("password version"), max_length=64, editable=False)
    """Digest of the stored password: with another password the challenge is void."""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    """How many codes were tried."""

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
        """Say whether a link can still answer it."""
        is_open = self.consumed_at is None and self.superseded_at is None
        return is_open and now < self.link_expires_at

    def __str__(self) -> str:
        return self.purpose
