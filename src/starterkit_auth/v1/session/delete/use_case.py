from dataclasses import dataclass, field

from starterkit_auth.errors import AmbiguousCredentials
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import sessions
from starterkit_auth.services.tokens import parse
from starterkit_core.errors import CrossSiteRequest
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutInput(Input):
    """What the caller has of the session that is to end."""

    token: str = field(repr=False)
    """Any token of it, even one that is used up or expired; empty without any."""

    client: Client


class SignOut(UseCase[SignOutInput, None]):
    """End the session that a token belongs to, and say nothing about it.

    Repeating it is safe, and so is a token that never was one.

    Raises:
        AmbiguousCredentials: the view; the request had a token and a cookie.
        CrossSiteRequest: the view; another site may have sent the cookie.
    """

    raises = (AmbiguousCredentials, CrossSiteRequest)

    def run(self) -> None:
        session = self.find_session()
        if session and self.end_session(session):
            self.record(session)

    def find_session(self) -> AbstractSession | None:
        """Return the session whose token this is; only its own signature counts."""
        token = parse(self.input.token)
        return sessions.find(token) if token else None

    def end_session(self, session: AbstractSession) -> bool:
        """End it; False when it had ended before."""
        return sessions.end(session, "signed_out")

    def record(self, session: AbstractSession) -> None:
        """Write down who signed out of what."""
        audit.record(
            "auth.signed_out",
            actor=session.user,
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk)},
        )
