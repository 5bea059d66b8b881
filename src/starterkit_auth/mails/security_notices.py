"""Security notices: mails about what happened to an account, one kind per event.

They are sent by signal receivers, so that no caller can forget one. Each is sent if its
name is in ``SECURITY_MAILS``, and is rendered from ids just before it is sent.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import get_language

from starterkit_auth.conf import conf
from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.services import addresses
from starterkit_core import signals
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.services.mail import Mail, harmless
from starterkit_core.utils import moments
from starterkit_core.utils.client_address import coarse
from starterkit_core.utils.locales import time_zone_of

M = TypeVar("M", bound=Model)


class SecurityMail(Mail):
    """A mail that the project can disable in ``SECURITY_MAILS``."""

    event: ClassVar[str]
    """Its name in ``SECURITY_MAILS``."""

    @classmethod
    def is_wanted(cls) -> bool:
        """Return whether the project sends this kind."""
        return cls.event in conf.SECURITY_MAILS

    def send_later(self) -> None:
        """Send it after the commit, if the project sends this kind."""
        if self.is_wanted():
            super().send_later()


class SecurityNotice(SecurityMail):
    """Tells a user what happened to their account, when, and roughly where from.

    Facts: ``user_id``, ``at``, ``language``; ``session_id`` and ``event_id``, each
    possibly empty.
    """

    @classmethod
    def tell(
        cls,
        user: AbstractBaseUser,
        *,
        session: AbstractSession | None = None,
        event: AuditEvent | None = None,
    ) -> None:
        """Send it after the commit; ``session`` or ``event`` has the device."""
        cls(
            user_id=str(user.pk),
            session_id=str(session.pk) if session else "",
            event_id=str(event.pk) if event else "",
            at=moments.iso(timezone.now()),
            language=get_language() or "",
        ).send_later()

    @cached_property
    def session(self) -> AbstractSession | None:
        """The session it is about; None if not given or deleted."""
        return _found(session_model(), self.facts["session_id"])

    @cached_property
    def record(self) -> AuditEvent | None:
        """The audit event it is about; None if not given or deleted."""
        return _found(AuditEvent, self.facts["event_id"])

    @cached_property
    def user(self) -> AbstractBaseUser | None:
        """The owner of the account; None if it was deleted."""
        return _found(get_user_model(), self.facts["user_id"])

    def reader(self) -> AbstractBaseUser | None:
        return self.user

    def recipient(self) -> str | None:
        return addresses.mailbox_of(self.user) if self.user else None

    def context(self) -> dict[str, Any]:
        """Return time, device, and IP address, shortened as ``CLIENT_ADDRESS`` says.

        The time is in the zone that the reader has chosen, or else in UTC.
        """
        return {
            "at": datetime.fromisoformat(self.facts["at"]),
            "zone": time_zone_of(self.user) or ZoneInfo("UTC"),
            "device": harmless(self.device()),
            "place": self.place(),
        }

    def device(self) -> str:
        """Return device name and platform, or else the user agent."""
        if session := self.session:
            names = filter(None, (session.device_name, session.platform))
            return ", ".join(names) or session.user_agent
        return self.record.user_agent if self.record else ""

    def place(self) -> str:
        """Return the IP address, shortened as ``CLIENT_ADDRESS`` says."""
        if self.session:
            return self.session.address
        address = self.record.address if self.record else ""
        return coarse(address, conf.CLIENT_ADDRESS)


class PasswordChangedNotice(SecurityNotice):
    """The password was changed in a session."""

    event = "password_changed"
    template = "starterkit_auth/mail/password_changed"


class PasswordResetNotice(SecurityNotice):
    """The password was set with a code or link from a mail."""

    event = "password_reset"
    template = "starterkit_auth/mail/password_was_reset"


class TokenReplayedNotice(SecurityNotice):
    """A session was ended because a retired refresh token of it was used again."""

    event = "token_replayed"
    template = "starterkit_auth/mail/token_replayed"


class NewDeviceNotice(SecurityNotice):
    """A session was opened from a device that is new to the account."""

    event = "new_device"
    template = "starterkit_auth/mail/new_device"


class ImpersonatedNotice(SecurityNotice):
    """An administrator acts as the user; from where is not told."""

    event = "impersonated"
    template = "starterkit_auth/mail/impersonated"


OF_CHANGE: Mapping[str, type[SecurityNotice]] = {
    "change": PasswordChangedNotice,
    "reset": PasswordResetNotice,
}
"""The notice for each ``how`` of the ``password_changed`` signal."""


def on_password_changed(
    user: AbstractBaseUser,
    how: str,
    session: AbstractSession | None,
    event: AuditEvent,
    **kwargs: Any,
) -> None:
    """Tell the owner of the account."""
    OF_CHANGE[how].tell(user, session=session, event=event)


def on_token_replayed(
    user: AbstractBaseUser, session: AbstractSession, **kwargs: Any
) -> None:
    """Tell the owner of the session."""
    TokenReplayedNotice.tell(user, session=session)


def on_session_started(
    user: AbstractBaseUser, session: AbstractSession, *, new_device: bool, **kwargs: Any
) -> None:
    """Tell the owner of the account if the device is new."""
    if new_device:
        NewDeviceNotice.tell(user, session=session)


def on_impersonation_started(user: AbstractBaseUser, **kwargs: Any) -> None:
    """Tell the user whom an administrator acts as."""
    ImpersonatedNotice.tell(user)


def connect() -> None:
    """Connect the signal receivers; repeating it is safe."""
    signals.password_changed.connect(on_password_changed)
    signals.token_replayed.connect(on_token_replayed)
    signals.session_started.connect(on_session_started)
    signals.impersonation_started.connect(on_impersonation_started)


def _found(model: type[M], pk: str) -> M | None:
    return rows_of(model).filter(pk=pk).first() if pk else None
