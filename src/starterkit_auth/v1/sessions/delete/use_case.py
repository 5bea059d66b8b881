from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.models import AbstractSession
from starterkit_auth.services import sessions
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOtherSessionsInput(Input):
    """Whose sessions, and which one stays."""

    user: AbstractBaseUser
    session: AbstractSession | None
    """The session of this request; None if authenticated by other means."""

    client: Client


class EndOtherSessions(UseCase[EndOtherSessionsInput, None]):
    """End every session of a user except the one of this request.

    Repeating it is safe.
    """

    def run(self) -> None:
        if number := self.end_sessions():
            self.record_event(number)

    def end_sessions(self) -> int:
        """End them and return how many there were."""
        current = self.input.session
        but = current.pk if current else None
        return sessions.end_sessions(self.input.user, "ended_by_user", but=but)

    def record_event(self, number: int) -> None:
        """Record how many sessions the user ended."""
        user = self.input.user
        audit.record(
            "auth.sessions_ended",
            actor=user,
            subject=user,
            client=self.input.client,
            facts={"number": number},
        )
