from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.db.swapping import Swappable
from starterkit_core.utils.salts import SALT_BYTES, new_salt


class Transport(models.TextChoices):
    """Whether a client authenticates by bearer tokens or by a cookie."""

    BEARER = "bearer", _("tokens")
    COOKIE = "cookie", _("cookie")


class SessionQuerySet(WriterQuerySet["AbstractSession"]):
    """Filters for sessions."""

    def of(self, user: AbstractBaseUser) -> Self:
        """Keep the sessions of ``user``."""
        return self.filter(user_id=user.pk)

    def live_at(self, now: datetime) -> Self:
        """Keep those that have neither ended nor expired."""
        return self.filter(revoked_at=None, idle_expires_at__gt=now, expires_at__gt=now)


SessionManager = models.Manager.from_queryset(SessionQuerySet)


class AbstractSession(BaseModel):
    """One sign-in of one device, until it ends.

    Tokens are derived from the row and a key of the server, and never stored: an
    attacker with only this table, or only the key, has no token.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    salt = models.BinaryField(
        _("salt"), max_length=SALT_BYTES, default=new_salt, editable=False
    )
    generation = models.PositiveIntegerField(_("generation"), default=0)
    """How many times the tokens were renewed."""

    confirmed_generation = models.PositiveIntegerField(
        _("confirmed generation"), default=0
    )
    """The newest generation that the client has certainly received: it used a token."""

    rotated_at = models.DateTimeField(_("rotated at"), null=True, blank=True)
    auth_hash = models.CharField(_("password version"), max_length=64, editable=False)
    """Digest of the stored password hash: a new password makes the session invalid."""

    authenticated_at = models.DateTimeField(_("authenticated at"), default=timezone.now)
    """When the user last proved their identity; renewing tokens is no proof."""

    transport = models.CharField(
        _("transport"), max_length=8, choices=Transport.choices
    )
    device_name = models.CharField(_("device"), max_length=100, blank=True)
    platform = models.CharField(_("platform"), max_length=32, blank=True)
    app_version = models.CharField(_("app version"), max_length=32, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=256, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    """IP address it was opened from, shortened as ``CLIENT_ADDRESS`` says."""

    idle_expires_at = models.DateTimeField(_("expires unused at"))
    expires_at = models.DateTimeField(_("expires at"))
    last_seen_at = models.DateTimeField(_("last seen at"))
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    revoke_reason = models.CharField(_("why it ended"), max_length=32, blank=True)

    objects: ClassVar[SessionManager["AbstractSession"]] = SessionManager()

    class Meta:
        abstract = True
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_generation__lte=F("generation")),
                name="%(app_label)s_%(class)s_confirmed",
            )
        ]
        indexes = [models.Index(fields=["expires_at"])]

    def __str__(self) -> str:
        return str(self.id)

    def is_live_at(self, now: datetime) -> bool:
        """Return whether it has neither ended nor expired."""
        return self.revoked_at is None and now < min(
            self.idle_expires_at, self.expires_at
        )


session_model = Swappable[AbstractSession]("starterkit_auth", "Session")


class Session(AbstractSession):
    """The default session model; swap it to add columns of your own."""

    class Meta(AbstractSession.Meta):
        swappable = session_model.setting
