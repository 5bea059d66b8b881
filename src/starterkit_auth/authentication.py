"""DRF's door: who is calling, in one query."""

from functools import cache
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import get_language, gettext
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from starterkit_auth.errors import AmbiguousCredentials
from starterkit_auth.http import transports
from starterkit_auth.models import AbstractSession, Transport
from starterkit_auth.services import sessions
from starterkit_auth.services.tokens import Kind, Token, parse
from starterkit_core.errors import CrossSiteRequest, DomainError
from starterkit_core.http.exceptions import Refused

KINDS = {Transport.BEARER: Kind.ACCESS, Transport.COOKIE: Kind.COOKIE}
"""The kind of token that each transport carries to authenticate."""


class SignInAgain(exceptions.AuthenticationFailed):
    """The one answer to every credential that opens nothing, and soon made."""

    def __init__(self) -> None:  # DRF's translates its text anew each time
        self.detail = _sign_in_again(get_language())


@cache
def _sign_in_again(language: str | None) -> exceptions.ErrorDetail:
    """Return the text in the active language, which is this one."""
    code = exceptions.AuthenticationFailed.default_code
    return exceptions.ErrorDetail(gettext("Please sign in again."), code)


class SessionAuthentication(BaseAuthentication):
    """Signs in by access token or cookie; ``request.auth`` is the session.

    One query: the session with its user. One UPDATE at most per ``TOUCH_INTERVAL``.
    """

    raises = (AmbiguousCredentials, CrossSiteRequest)
    """Refusals beside the 401; the API docs of every endpoint show them."""

    def authenticate(
        self, request: Request
    ) -> tuple[AbstractBaseUser, AbstractSession] | None:
        """Return user and session, or nothing when the request brings no credential.

        Raises:
            AuthenticationFailed: the credential opens nothing (any more).
            Refused: two credentials, or a cookie that another site may have sent.
        """
        try:
            credential = transports.presented(request._request)
            if credential is None:
                return None
            transports.check_cookie_use(request._request, credential)
        except DomainError as refusal:
            raise Refused(refusal) from refusal
        session = self.session_of(credential)
        return session.user, session

    def session_of(self, credential: transports.Credential) -> AbstractSession:
        """Return the session that ``credential`` opens, noted as in use.

        Raises:
            AuthenticationFailed: it opens none.
        """
        now = timezone.now()
        token = parse(credential.text)
        if token is None or token.kind is not KINDS[credential.transport]:
            raise self.failure()
        session = sessions.find(token) if _is_fresh(token, now) else None
        if (
            session is None
            or not _is_of(session, token)
            or not sessions.is_open(session, now)
        ):
            raise self.failure()
        sessions.touch(session, token.generation, now)
        return session

    def failure(self) -> exceptions.AuthenticationFailed:
        """Return the one answer to every credential that opens nothing."""
        return SignInAgain()

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401 (RFC 6750, section 3)."""
        presented = "HTTP_AUTHORIZATION" in request.META
        return 'Bearer error="invalid_token"' if presented else "Bearer"


def _is_fresh(token: Token, now: Any) -> bool:
    return token.expires_at is None or now < token.expires_at


def _is_of(session: AbstractSession, token: Token) -> bool:
    """Say whether the session knows this generation; a cookie has the present one."""
    if token.kind is Kind.COOKIE:
        return token.generation == session.generation
    return token.generation <= session.generation
