"""Opens a session: the last step of every way to sign in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.errors import InvalidCredentials
from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.services import devices, django_signals, retention, sessions
from starterkit_auth.services.devices import Traits
from starterkit_auth.services.sessions import OpenedSession, password_version
from starterkit_auth.use_cases.end_replaced_session import (
    EndReplacedSession,
    EndReplacedSessionInput,
)
from starterkit_core import signals
from starterkit_core.db._statements import Tally
from starterkit_core.db.databases import accounts_database
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import coarse
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSessionInput(Input):
    """The user who proved their identity, how, and from which client."""

    user: AbstractBaseUser
    client: Client
    transport: str
    """``bearer`` or ``cookie``."""

    method: str
    """How identity was proven, for the audit log: ``password`` or ``confirmation``."""

    replaced: Secret = field(default=Secret(), repr=False)
    """The cookie that the new one replaces, or ``""``."""


class OpenSession(UseCase[OpenSessionInput, OpenedSession]):
    """Open a session; beyond ``MAX_SESSIONS`` the oldest one ends.

    Called by signing in and by confirming an address, in their transactions.

    Raises:
        InvalidCredentials: the password has changed since the user was read, or the
            account was deactivated or deleted.
    """

    raises = (InvalidCredentials,)

    def run(self) -> OpenedSession:
        self.lock_account()
        known = self.find_devices()
        session = self.create_session(self.session_fields())
        self.end_oldest(known)
        self.delete_oldest(known)
        self.end_replaced(session)
        self.record_event(session)
        self.announce(session, known)
        self.announce_login()
        return self.issue(session)

    def lock_account(self) -> None:
        """Lock the user by writing ``last_login``.

        Raises:
            InvalidCredentials: the password has changed, or the account was
                deactivated or deleted.
        """
        user = self.input.user
        if not sessions.save_last_login(user):
            raise InvalidCredentials(reason="changed")
        # Its row was just found there, wherever the caller had read it.
        user._state.db = accounts_database()  # noqa: SLF001  # has no public name

    def find_devices(self) -> dict[Traits, Tally]:
        """Return the devices of the account, with how many sessions each has."""
        return devices.of(self.input.user.pk, timezone.now())

    def session_fields(self) -> dict[str, Any]:
        """Return the values of the new row; a host project can add its own columns."""
        now, client = timezone.now(), self.input.client
        expires_at = now + conf.ABSOLUTE_LIFETIME
        return {
            "user": self.input.user,
            "auth_hash": password_version(self.input.user.password),
            "transport": self.input.transport,
            "device_name": client.device_name,
            "platform": client.platform,
            "app_version": client.app_version,
            "user_agent": client.user_agent,
            "address": coarse(client.address, conf.CLIENT_ADDRESS),
            "last_seen_at": now,
            "expires_at": expires_at,
            "idle_expires_at": sessions.idle_deadline(now, expires_at),
        }

    def create_session(self, fields: dict[str, Any]) -> AbstractSession:
        """Save the session."""
        session = session_model()(**fields)
        sessions.insert_session(session)
        return session

    def end_oldest(self, known: dict[Traits, Tally]) -> None:
        """End the oldest sessions beyond ``MAX_SESSIONS``."""
        if sum(device.counted for device in known.values()) >= conf.MAX_SESSIONS:
            sessions.end_oldest(self.input.user)

    def delete_oldest(self, known: dict[Traits, Tally]) -> None:
        """Delete the oldest ended sessions beyond ``MAX_ENDED_SESSIONS``.

        So a sign-in costs the same however often the account was signed in to.
        """
        ended = sum(device.rows - device.counted for device in known.values())
        surplus = ended - conf.MAX_ENDED_SESSIONS
        if surplus >= retention.SLACK:
            retention.delete_oldest(self.input.user, surplus)

    def end_replaced(self, session: AbstractSession) -> None:
        """End the session whose cookie is replaced (ASVS 5.0, 7.2.4)."""
        if self.input.replaced:
            EndReplacedSession.execute(
                EndReplacedSessionInput(
                    token=self.input.replaced,
                    successor=session,
                    client=self.input.client,
                )
            )

    def record_event(self, session: AbstractSession) -> None:
        """Record the sign-in."""
        audit.record(
            "auth.signed_in",
            actor=self.input.user,
            subject=self.input.user,
            client=self.input.client,
            facts={"session": str(session.pk), "method": self.input.method},
        )

    def announce(self, session: AbstractSession, known: Iterable[Traits]) -> None:
        """Send ``session_started`` after the commit."""
        signals.announce(
            signals.session_started,
            type(session),
            user=self.input.user,
            session=session,
            new_device=devices.is_new(session, known),
        )

    def announce_login(self) -> None:
        """Send Django's ``user_logged_in`` after the commit."""
        django_signals.announce_login(self.input.user, self.input.client)

    def issue(self, session: AbstractSession) -> OpenedSession:
        """Return the session with its tokens or its cookie."""
        return sessions.issue(session)
