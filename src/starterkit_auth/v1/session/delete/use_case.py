from dataclasses import dataclass, field

from starterkit_auth.models import AbstractSession
from starterkit_auth.services import django_signals, impersonations, sessions
from starterkit_auth.services.tokens import parse
from starterkit_auth.use_cases.end_impersonation import (
    EndImpersonation,
    EndImpersonationInput,
)
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutInput(Input):
    """A token of the session to end."""

    token: Secret = field(repr=False)
    """Any token of it, even a retired or expired one; ``""`` if none was sent."""

    client: Client


class SignOut(UseCase[SignOutInput, None]):
    """End the session of a token; the client is not told whether there was one.

    Repeating it is safe, and so is a malformed token.
    """

    def run(self) -> None:
        self.end_impersonation()
        session = self.find_session()
        if session and self.end_session(session):
            self.record_event(session)
            self.announce_logout(session)

    def find_session(self) -> AbstractSession | None:
        """Return the session of this token, if its signature is right."""
        token = parse(self.input.token)
        return sessions.find(token) if token else None

    def end_impersonation(self) -> None:
        """End the impersonation of this token, if it is of one."""
        token = parse(self.input.token)
        row = impersonations.find(token) if token else None
        if row:
            EndImpersonation.execute(
                EndImpersonationInput(impersonation=row, client=self.input.client)
            )

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

    def announce_logout(self, session: AbstractSession) -> None:
        """Send Django's ``user_logged_out`` after the commit."""
        django_signals.announce_logout(session.user, self.input.client)
