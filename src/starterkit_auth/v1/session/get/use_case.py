from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.models import AbstractSession
from starterkit_core.ports import access_gates
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSessionInput(Input):
    """Who asks, and in which session."""

    user: AbstractBaseUser
    session: AbstractSession | None
    """Nothing when the project signed them in by other means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSession:
    """Where a person stands."""

    user: AbstractBaseUser
    session: AbstractSession | None
    pending_gates: list[str]
    """Codes of what they must do before the rest of the API opens."""


class ReadSession(UseCase[ReadSessionInput, CurrentSession]):
    """Tell somebody who they are here, and what is still asked of them."""

    atomic = False

    def run(self) -> CurrentSession:
        return CurrentSession(
            user=self.input.user,
            session=self.input.session,
            pending_gates=self.pending_gates(),
        )

    def pending_gates(self) -> list[str]:
        """Return the codes of the gates that are closed for this person."""
        return access_gates.pending(self.input.user)
