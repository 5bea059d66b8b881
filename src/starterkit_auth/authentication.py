"""DRF authentication by access token or cookie, in one query."""

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
from starterkit_core.utils import moments

KINDS = {Transport.BEARER: Kind.ACCESS, Transport.COOKIE: Kind.COOKIE}
"""The kind of token that authenticates on each transport."""


class SignInAgain(exceptions.AuthenticationFailed):
    """The same 401 for every invalid credential, with a cached translation."""

    def __init__(self) -> None:  # DRF's translates its text each time
        self.detail = _sign_in_again(get_language())


@cache
def _sign_in_again(language: str | None) -> exceptions.ErrorDetail:
    """Return the text in ``language``, which must be the active one: the cache key."""
    code = exceptions.AuthenticationFailed.default_code
    return exceptions.ErrorDetail(gettext("Please sign in again."), code)


class SessionAuthentication(BaseAuthentication):
    """Authenticates by access token or cookie; ``request.auth`` is the session.

    One query: the session with its user. At most one UPDATE per ``TOUCH_INTERVAL``,
    and one after each renewal.
    """

    raises = (AmbiguousCredentials, CrossSiteRequest)
    """Errors besides the 401; the API docs of every endpoint list them."""

    def authenticate(
        self, request: Request
    ) -> tuple[AbstractBaseUser, AbstractSession] | None:
        """Return user and session, or None if the request has no credential.

        Raises:
            AuthenticationFailed: the credential is not valid (any more).
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
        """Return the session of ``credential``, and save that it was used.

        Raises:
            AuthenticationFailed: the credential is not valid.
        """
        now = timezone.now()
        token = parse(credential.text)
        if token is None or token.kind is not KINDS[credential.transport]:
            raise self.failure()
        session = sessions.find(token) if _is_fresh(token, now) else None
        if (
            session is None
            or not _has_generation(session, token)
            or not sessions.is_open(session, now)
        ):
            raise self.failure()
        sessions.touch(session, token.generation, now)
        return session

    def failure(self) -> exceptions.AuthenticationFailed:
        """Return the same error for every invalid credential."""
        return SignInAgain()

    def authenticate_header(self, request: Request) -> str:
        """Return ``WWW-Authenticate`` for a 401 (RFC 6750, section 3)."""
        presented = "HTTP_AUTHORIZATION" in request.META
        return 'Bearer error="invalid_token"' if presented else "Bearer"


def _is_fresh(token: Token, now: Any) -> bool:
    return token.expires_at is None or moments.as_utc(now) < token.expires_at


def _has_generation(session: AbstractSession, token: Token) -> bool:
    """Return whether the generation is valid; a cookie must have the current one."""
    if token.kind is Kind.COOKIE:
        return token.generation == session.generation
    return token.generation <= session.generation
