from dataclasses import dataclass, field

from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.errors import InvalidRefreshToken, RefreshTokenReused
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import sessions
from starterkit_auth.services.sessions import OpenedSession
from starterkit_auth.services.tokens import Kind, Token, parse
from starterkit_auth.use_cases.end_access import end_if_closed
from starterkit_auth.use_cases.end_replayed_session import (
    EndReplayedSession,
    EndReplayedSessionInput,
)
from starterkit_core.errors import DomainError
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.moments import between
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSessionInput(Input):
    """The refresh token, and its client."""

    refresh_token: Secret = field(repr=False)
    client: Client


class RefreshSession(UseCase[RefreshSessionInput, OpenedSession]):
    """Return new tokens for the newest refresh token, and detect a stolen one.

    A token is retired when it is renewed. The one before the newest returns the newest
    again within ``REFRESH_GRACE``, or as long as the newest was never used: the
    response may have been lost. Any older token ends the session.

    Raises:
        InvalidRefreshToken: it is no refresh token, or its session has ended.
        RefreshTokenReused: it was retired before; an attacker may have a copy.
    """

    raises = (InvalidRefreshToken, RefreshTokenReused)

    atomic = False
    """The one write is in ``prepare()``: a token is used up whatever comes after."""

    token: Token
    session: AbstractSession
    """With the token retired, by this or by an earlier request."""

    def prepare(self) -> None:
        self.token = self.read_token()
        self.session = self.rotate(self.find_session(self.token), self.token)

    def run(self) -> OpenedSession:
        self.check_reuse(self.session, self.token)
        return self.issue(self.session)

    def refused(self, error: DomainError) -> None:
        if isinstance(error, RefreshTokenReused):
            self.end_replayed(self.session)

    def read_token(self) -> Token:
        """Return the content of the token, which is not verified yet.

        Raises:
            InvalidRefreshToken: it is no refresh token.
        """
        token = parse(self.input.refresh_token)
        if token is None or token.kind is not Kind.REFRESH:
            raise InvalidRefreshToken
        return token

    def find_session(self, token: Token) -> AbstractSession:
        """Return the open session that the token was made for.

        A generation newer than the session's is refused, but does not end the session:
        it means that the database was restored from a backup.

        Raises:
            InvalidRefreshToken: there is no open session, or the token is too new.
        """
        session = sessions.find(token)
        if session is None or not sessions.is_open(session, timezone.now()):
            end_if_closed(session)
            raise InvalidRefreshToken
        if token.generation > session.generation:
            raise InvalidRefreshToken
        return session

    def rotate(self, session: AbstractSession, token: Token) -> AbstractSession:
        """Return the session with the token retired, by this or an earlier request.

        Raises:
            InvalidRefreshToken: the session has just ended.
        """
        if session.generation != token.generation:
            return session
        if sessions.rotate(session, timezone.now()):
            return session
        return self.find_session(token)  # another request was faster

    def check_reuse(self, session: AbstractSession, token: Token) -> None:
        """Accept a token that was just retired, or whose response may have been lost.

        Raises:
            RefreshTokenReused: neither is true, so an attacker may have a copy.
            InvalidRefreshToken: it is still the newest: it could not be retired.
        """
        renewals = session.generation - token.generation
        if renewals == 1 and self._may_repeat(session):
            return
        if renewals == 0:
            raise InvalidRefreshToken
        raise RefreshTokenReused

    def issue(self, session: AbstractSession) -> OpenedSession:
        """Return the tokens of the session's current generation."""
        return sessions.issue(session)

    def end_replayed(self, session: AbstractSession) -> None:
        """End the session, record it and send the signal."""
        EndReplayedSession.execute(
            EndReplayedSessionInput(session=session, client=self.input.client)
        )

    def _may_repeat(self, session: AbstractSession) -> bool:
        """Return whether the token before the newest may return the newest again."""
        retired_at = session.rotated_at or session.created_at
        in_grace = between(retired_at, timezone.now()) <= conf.REFRESH_GRACE
        return in_grace or session.confirmed_generation < session.generation
