from dataclasses import dataclass, field

from django.db import transaction

from starterkit_auth.errors import NoPassword, SessionEnded, WrongPassword
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import credentials, freshness, sessions
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core.errors import RateLimited
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpSessionInput(Input):
    """In which session, and the proof."""

    session: AbstractSession
    password: str = field(repr=False)
    client: Client


class StepUpSession(UseCase[StepUpSessionInput, OpenedSession]):
    """Let somebody prove again who they are, and go on with new tokens.

    Not atomic: what is written about a refusal must survive it.

    Raises:
        WrongPassword: it is not theirs; the session goes on as it was.
        NoPassword: the account has none, so signing in anew is the proof.
        RateLimited: too many attempts in this session.
        SessionEnded: it ended meanwhile.
    """

    atomic = False
    raises = (WrongPassword, NoPassword, RateLimited, SessionEnded)

    def run(self) -> OpenedSession:
        try:
            self.check_proof()
        except WrongPassword:
            self.note("auth.step_up_refused")
            raise
        with transaction.atomic():
            self.renew_session()
            self.note("auth.stepped_up")
        return self.issue()

    def check_proof(self) -> None:
        """Refuse unless the person has proven who they are."""
        credentials.check_again(self.input.session, self.input.password)

    def renew_session(self) -> None:
        """Note the proof in the session, and retire its tokens."""
        freshness.renew(self.input.session)

    def issue(self) -> OpenedSession:
        """Return the tokens of the session's new generation."""
        return sessions.issue(self.input.session)

    def note(self, action: str) -> None:
        """Write down what happened in the session."""
        session = self.input.session
        audit.record(
            action,
            actor=session.user,
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk), "method": "password"},
        )
