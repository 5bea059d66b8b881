"""Security notices: mails about what happened to an account, one kind per event.

They hang on signals, so whatever door an event comes through, its notice goes out. Each
is sent if its name stands in ``SECURITY_MAILS``, and made from ids when it leaves.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import get_language

from starterkit_auth.conf import conf
from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.services import addresses
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.services.mail import Mail, harmless
from starterkit_core.utils.client_address import coarse

M = TypeVar("M", bound=Model)


class SecurityMail(Mail):
    """A mail that the project may switch off in ``SECURITY_MAILS``."""

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

    Facts: ``user_id``, ``at``, ``language``; ``session_id`` and ``event_id``, of which
    either may be empty.
    """

    @classmethod
    def tell(
        cls,
        user: AbstractBaseUser,
        *,
        session: AbstractSession | None = None,
        event: AuditEvent | None = None,
    ) -> None:
        """Send it after the commit; ``session`` or ``event`` tell the device."""
        cls(
            user_id=str(user.pk),
            session_id=str(session.pk) if session else "",
            event_id=str(event.pk) if event else "",
            at=timezone.now().isoformat(),
            language=get_language() or "",
        ).send_later()

    @cached_property
    def session(self) -> AbstractSession | None:
        """The session it is about, if it is known and still there."""
        return _found(session_model(), self.facts["session_id"])

    @cached_property
    def record(self) -> AuditEvent | None:
        """The line of the log that it is about, if it is known and still there."""
        return _found(AuditEvent, self.facts["event_id"])

    def recipient(self) -> str | None:
        user = _found(get_user_model(), self.facts["user_id"])
        return addresses.mailbox_of(user) if user else None

    def context(self) -> dict[str, Any]:
        """Return the time, the device, and its network as coarse as it is kept."""
        return {
            "at": datetime.fromisoformat(self.facts["at"]),
            "device": harmless(self.device()),
            "place": self.place(),
        }

    def device(self) -> str:
        """Return what the device calls itself, or else its program."""
        if session := self.session:
            said = filter(None, (session.device_name, session.platform))
            return ", ".join(said) or session.user_agent
        return self.record.user_agent if self.record else ""

    def place(self) -> str:
        """Return the network it was in."""
        if self.session:
            return self.session.address
        address = self.record.address if self.record else ""
        return coarse(address, conf.CLIENT_ADDRESS)


class PasswordChangedNotice(SecurityNotice):
    """The password was changed by somebody who is signed in."""

    event = "password_changed"
    template = "starterkit_auth/mail/password_changed"


class PasswordResetNotice(SecurityNotice):
    """The password was set by somebody who reads the mail of the account."""

    event = "password_reset"
    template = "starterkit_auth/mail/password_was_reset"


class TokenReplayedNotice(SecurityNotice):
    """A session was ended because its refresh token came back."""

    event = "token_replayed"
    template = "starterkit_auth/mail/token_replayed"


class NewDeviceNotice(SecurityNotice):
    """Somebody signed in from a device that is new to the account."""

    event = "new_device"
    template = "starterkit_auth/mail/new_device"


OF_CHANGE: Mapping[str, type[SecurityNotice]] = {
    "change": PasswordChangedNotice,
    "reset": PasswordResetNotice,
}
"""The notice for each way in which a password changes."""


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
    """Tell the owner of the account when the device is new."""
    if new_device:
        NewDeviceNotice.tell(user, session=session)


def connect() -> None:
    """Listen; repeating it is safe."""
    signals.password_changed.connect(on_password_changed)
    signals.token_replayed.connect(on_token_replayed)
    signals.session_started.connect(on_session_started)


def _found(model: type[M], pk: str) -> M | None:
    return model._base_manager.filter(pk=pk).first() if pk else None
