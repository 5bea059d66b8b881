from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.errors import InvalidRefreshToken, RefreshTokenReused
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import sessions
from starterkit_auth.services.sessions import OpenedSession
from starterkit_auth.services.tokens import Kind, Token, parse
from starterkit_core import signals
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSessionInput(Input):
    """The token to renew."""

    refresh_token: str = field(repr=False)
    client: Client


class RefreshSession(UseCase[RefreshSessionInput, OpenedSession]):
    """Give new tokens for the newest refresh token, and notice one that was stolen.

    A token is retired when it is renewed. The one before the newest still gives the
    newest again, within ``REFRESH_GRACE``, or as long as nobody has used that: then
    the answer was lost on its way. Anything older that comes back ends the session.

    Not atomic: one conditional UPDATE decides, and ending the session must survive
    the refusal.

    Raises:
        InvalidRefreshToken: it is no refresh token, or its session is over.
        RefreshTokenReused: it was retired; somebody else may have a copy.
    """

    atomic = False
    raises = (InvalidRefreshToken, RefreshTokenReused)

    def run(self) -> OpenedSession:
        token = self.read_token()
        session = self.find_session(token)
        if session.generation == token.generation and not self.rotate(session):
            session = self.find_session(token)  # another request with it was faster
        self.check_reuse(session, token)
        return self.issue(session)

    def read_token(self) -> Token:
        """Return what the token says; nothing of it is believed yet."""
        token = parse(self.input.refresh_token)
        if token is None or token.kind is not Kind.REFRESH:
            raise InvalidRefreshToken
        return token

    def find_session(self, token: Token) -> AbstractSession:
        """Return the open session that the token was made for.

        A generation that is still to come is refused and nothing more: the database
        was restored from a backup, and nobody shall be signed out by that.
        """
        session = sessions.find(token)
        if session is None or not sessions.is_open(session, timezone.now()):
            raise InvalidRefreshToken
        if token.generation > session.generation:
            raise InvalidRefreshToken
        return session

    def rotate(self, session: AbstractSession) -> bool:
        """Retire the newest token; False when another request has just done it."""
        return sessions.rotate(session, timezone.now())

    def check_reuse(self, session: AbstractSession, token: Token) -> None:
        """Let pass who retires a token, or lost the answer; anybody else has a copy."""
        behind = session.generation - token.generation
        if behind == 1 and self.may_repeat(session):
            return
        if behind == 0:  # neither retired by us, nor visibly by somebody else
            raise InvalidRefreshToken
        self.end_replayed(session)
        raise RefreshTokenReused

    def may_repeat(self, session: AbstractSession) -> bool:
        """Say whether the token before the newest may give the newest again."""
        retired_at = session.rotated_at or session.created_at
        in_grace = timezone.now() - retired_at <= conf.REFRESH_GRACE
        return in_grace or session.confirmed_generation < session.generation

    def end_replayed(self, session: AbstractSession) -> None:
        """End the session, write it down and tell the project; all or nothing."""
        with transaction.atomic():
            if not sessions.end(session, "token_replayed"):
                return
            facts = {"user": session.user, "session": session}
            signals.announce(signals.token_replayed, type(session), **facts)
            audit.record(
                "auth.token_replayed",
                subject=session.user,
                client=self.input.client,
                facts={"session": str(session.pk)},
            )

    def issue(self, session: AbstractSession) -> OpenedSession:
        """Return the tokens of the session's generation, the same at each call."""
        return sessions.issue(session)
