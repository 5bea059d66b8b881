from dataclasses import dataclass, field

from starterkit_auth.models import AbstractSession
from starterkit_auth.services import sessions
from starterkit_auth.services.tokens import parse
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutInput(Input):
    """What the caller has of the session that is to end."""

    token: str = field(repr=False)
    """Any token of it, even one that is used up or expired; empty without any."""

    client: Client


class SignOut(UseCase[SignOutInput, None]):
    """End the session that a token belongs to; the client is not told whether it did.

    Repeating it is safe, and so is a token that never was one.
    """

    def run(self) -> None:
        session = self.find_session()
        if session and self.end_session(session):
            self.record_event(session)

    def find_session(self) -> AbstractSession | None:
        """Return the session whose token this is; only its own signature counts."""
        token = parse(self.input.token)
        return sessions.find(token) if token else None

    def end_session(self, session: AbstractSession) -> bool:
        """End it; False if it had ended before."""
        return sessions.end(session, "signed_out")

    def record_event(self, session: AbstractSession) -> None:
        """Record who signed out of what."""
        audit.record(
            "auth.signed_out",
            actor=session.user,
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk)},
        )
