from dataclasses import dataclass, field

from starterkit_auth.errors import NoPassword, SessionEnded, WrongPassword
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import password_check, reauthentication, sessions
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpSessionInput(Input):
    """In which session, and the proof."""

    session: AbstractSession
    password: str = field(repr=False)
    client: Client


class StepUpSession(UseCase[StepUpSessionInput, OpenedSession]):
    """Let a user prove again who they are, and go on with new tokens.

    Raises:
        WrongPassword: it is not theirs; the session goes on as it was.
        NoPassword: the account has none, so signing in anew is the proof.
        RateLimited: too many attempts in this session.
        SessionEnded: it ended meanwhile.
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
        """Refuse unless the user has proven who they are.

        Raises:
            WrongPassword: it is not theirs.
            NoPassword: the account has none.
            RateLimited: too many attempts in this session.
        """
        password_check.check_again(self.input.session, self.input.password)

    def renew_session(self) -> AbstractSession:
        """Save the proof, and return the session with its tokens retired.

        Raises:
            SessionEnded: it ended meanwhile.
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
