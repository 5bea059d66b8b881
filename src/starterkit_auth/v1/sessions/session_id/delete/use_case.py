from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import SessionNotFound
from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.services import sessions
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessionInput(Input):
    """Which session to end, and the user who must own it."""

    user: AbstractBaseUser
    session_id: UUID
    client: Client


class EndSession(UseCase[EndSessionInput, None]):
    """End one session of a user, possibly the one of this request.

    Repeating it is safe.

    Raises:
        SessionNotFound: no session has this id, or it is another user's.
    """

    raises = (SessionNotFound,)

    def run(self) -> None:
        session = self.find_session()
        if self.end_session(session):
            self.record_event(session)

    def find_session(self) -> AbstractSession:
        """Return the session, ended or not.

        Raises:
            SessionNotFound: the user has no session with this id.
        """
        own = session_model().objects.of(self.input.user).select_related("user")
        session = own.filter(pk=self.input.session_id).first()
        if session is None:
            raise SessionNotFound
        return session

    def end_session(self, session: AbstractSession) -> bool:
        """End the session; return False if it had ended before."""
        return sessions.end(session, "ended_by_user")

    def record_event(self, session: AbstractSession) -> None:
        """Record which session the user ended."""
        user = self.input.user
        audit.record(
            "auth.session_ended",
            actor=user,
            subject=user,
            client=self.input.client,
            facts={"session": str(session.pk)},
        )
