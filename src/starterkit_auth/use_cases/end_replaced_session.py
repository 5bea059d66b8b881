"""Ends the session whose cookie is replaced by a new one."""

from dataclasses import dataclass, field

from starterkit_auth.models import AbstractSession
from starterkit_auth.services import sessions
from starterkit_auth.services.tokens import parse
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class EndReplacedSessionInput(Input):
    """The cookie that the client had, and the session it gets."""

    token: Secret = field(repr=False)
    successor: AbstractSession
    client: Client


class EndReplacedSession(UseCase[EndReplacedSessionInput, None]):
    """End the session of a cookie that is replaced by a new sign-in.

    Does nothing if the token is not valid or belongs to the new session.
    """

    def run(self) -> None:
        session = self.find_session()
        if session and self.end_session(session):
            self.record_event(session)

    def find_session(self) -> AbstractSession | None:
        """Return the former cookie's session; None if unknown or the new one."""
        token = parse(self.input.token)
        if token is None or token.session_id == self.input.successor.pk:
            return None
        return sessions.find(token)

    def end_session(self, session: AbstractSession) -> bool:
        """End the session; return False if it had ended before."""
        return sessions.end(session, "signed_out")

    def record_event(self, session: AbstractSession) -> None:
        """Record the sign-out of this session."""
        audit.record(
            "auth.signed_out",
            actor=session.user,
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk)},
        )
