"""Ends a session after one of its retired refresh tokens was used again."""

from dataclasses import dataclass

from starterkit_auth.models import AbstractSession
from starterkit_auth.services import sessions
from starterkit_core import signals
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class EndReplayedSessionInput(Input):
    """The session, and the client that sent the retired token."""

    session: AbstractSession
    client: Client


class EndReplayedSession(UseCase[EndReplayedSessionInput, None]):
    """End the session, record it and send the signal, in one transaction."""

    def run(self) -> None:
        if self.end_session():
            self.record_event()
            self.announce()

    def end_session(self) -> bool:
        """End the session; return False if it had ended before."""
        return sessions.end(self.input.session, "token_replayed")

    def record_event(self) -> None:
        """Record the replay."""
        session = self.input.session
        audit.record(
            "auth.token_replayed",
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk)},
        )

    def announce(self) -> None:
        """Send ``token_replayed`` after the commit."""
        session = self.input.session
        facts = {"user": session.user, "session": session}
        signals.announce(signals.token_replayed, type(session), **facts)
