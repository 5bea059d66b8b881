from dataclasses import dataclass, field

from starterkit_auth.errors import NoPassword, SessionEnded, WrongPassword
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import password_check, reauthentication, sessions
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpSessionInput(Input):
    """The session and the proof."""

    session: AbstractSession
    password: Secret = field(repr=False)
    client: Client


class StepUpSession(UseCase[StepUpSessionInput, OpenedSession]):
    """Let a user prove their identity again, and renew the tokens.

    Raises:
        WrongPassword: it is not the user's; the session is unchanged.
        NoPassword: the account has none; signing in again is the proof instead.
        RateLimited: too many attempts in this session.
        SessionEnded: the session has just ended.
    """

    raises = (WrongPassword, NoPassword, RateLimited, SessionEnded)

    def prepare(self) -> None:
        self.check_proof()

    def run(self) -> OpenedSession:
        session = self.renew_session()
        self.record_event("auth.stepped_up")
        return self.issue(session)

    def refused(self, error: DomainError) -> None:
        if isinstance(error, WrongPassword):
            self.record_event("auth.step_up_refused")

    def check_proof(self) -> None:
        """Refuse unless the password is right, here or in a directory of the project.

        Raises:
            WrongPassword: it is not the user's.
            NoPassword: the account has none.
            RateLimited: too many attempts in this session.
        """
        given = self.input
        password_check.check_again(given.session, given.password, given.client)

    def renew_session(self) -> AbstractSession:
        """Save the proof, and return the session with its former tokens retired.

        Raises:
            SessionEnded: the session has just ended.
        """
        return reauthentication.renew(self.input.session)

    def issue(self, session: AbstractSession) -> OpenedSession:
        """Return the tokens of the session's new generation."""
        return sessions.issue(session)

    def record_event(self, action: str) -> None:
        """Record what happened in the session."""
        session = self.input.session
        audit.record(
            action,
            actor=session.user,
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk), "method": "password"},
        )
