"""Ends all sessions of one user, for the admin, a command and a signal."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import sessions
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client

BY_ADMINISTRATOR = "ended_by_administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessionsInput(Input):
    """Whose sessions, why, and who ends them; the caller has checked permissions."""

    user: AbstractBaseUser
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT
    reason: str = BY_ADMINISTRATOR


class EndSessions(UseCase[EndSessionsInput, int]):
    """End all sessions of a user and return how many there were."""

    def run(self) -> int:
        number = self.end_sessions()
        if number:
            self.record_event(number)
        return number

    def end_sessions(self) -> int:
        """End them and return how many there were."""
        return sessions.end_sessions(self.input.user, self.input.reason)

    def record_event(self, number: int) -> None:
        """Record whose sessions were ended, by whom, and how many."""
        audit.record(
            "auth.sessions_ended",
            actor=self.input.actor,
            subject=self.input.user,
            client=self.input.client,
            facts={"number": number, "reason": self.input.reason},
        )
