from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.models import AbstractSession
from starterkit_core.observability.context import current
from starterkit_core.ports import access_gates
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSessionInput(Input):
    """The user and the session of the request."""

    user: AbstractBaseUser
    session: AbstractSession | None
    """None if the request was authenticated by other means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An administrator who acts as a user (RFC 8693, section 4.1)."""

    sub: str
    """The id of the administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSession:
    """The session, its user, and the gates that are closed for the user."""

    user: AbstractBaseUser
    session: AbstractSession | None
    act: Actor | None
    """The administrator who acts as the user; None for the users themselves."""

    pending_gates: list[str]
    """Codes of what the user must do before using the rest of the API."""


class ReadSession(UseCase[ReadSessionInput, CurrentSession]):
    """Return the user, the session, and the pending gates of a request."""

    atomic = False

    def run(self) -> CurrentSession:
        return CurrentSession(
            user=self.input.user,
            session=self.input.session,
            act=self.actor(),
            pending_gates=self.pending_gates(),
        )

    def actor(self) -> Actor | None:
        """Return who acts as the user, or None."""
        impersonator_id = current().impersonator_id
        return Actor(sub=impersonator_id) if impersonator_id else None

    def pending_gates(self) -> list[str]:
        """Return the codes of the gates that are closed for this user."""
        return access_gates.pending(self.input.user)
