"""DRF authentication by access token or cookie, in one query.

List it before the authenticators of the project. A bearer token of another app is left
to them; one that begins like ours is never left to them, even if it is not valid.
"""

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
from starterkit_auth.models import AbstractSession, Impersonation, Transport
from starterkit_auth.services import impersonations, sessions
from starterkit_auth.services.tokens import Kind, Token, parse
from starterkit_auth.use_cases.end_access import end_if_closed
from starterkit_auth.use_cases.end_impersonation import (
    NOT_ALLOWED,
    EndImpersonation,
    EndImpersonationInput,
)
from starterkit_core.errors import CrossSiteRequest, DomainError
from starterkit_core.http.exceptions import Refused
from starterkit_core.observability.context import current
from starterkit_core.ports import authenticators
from starterkit_core.utils import moments

KINDS = {Transport.BEARER: Kind.ACCESS, Transport.COOKIE: Kind.COOKIE}
"""The kind of token that authenticates on each transport."""


def register() -> None:
    """Let every endpoint ask our class first."""
    authenticators.register(SessionAuthentication)


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

    It is an ``Impersonation`` if an administrator acts as the user.

    One query: the session with its user. At most one UPDATE per ``TOUCH_INTERVAL``,
    and one after each renewal.
    """

    raises = (AmbiguousCredentials, CrossSiteRequest)
    """Errors besides the 401; the API docs of every endpoint list them."""

    def authenticate(
        self, request: Request
    ) -> tuple[AbstractBaseUser, AbstractSession | Impersonation] | None:
        """Return user and session, or None if the request has no credential of ours.

        Of an administrator who acts as a user, it is that user and the impersonation.

        Raises:
            AuthenticationFailed: the credential is not valid (any more).
            Refused: two credentials, or a cookie that another site may have sent.
        """
        if transports.has_foreign_bearer(request._request) and _others_may(request):
            return None
        try:
            credential = transports.presented(request._request)
            if credential is None:
                return None
            transports.check_cookie_use(request._request, credential)
        except DomainError as refusal:
            raise Refused(refusal) from refusal
        if credential.text.startswith(Kind.IMPERSONATION.value):
            row = self.impersonation_of(credential)
            return row.user, row
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
            end_if_closed(session)
            raise self.failure()
        sessions.touch(session, token.generation, now)
        return session

    def impersonation_of(self, credential: transports.Credential) -> Impersonation:
        """Return the impersonation of ``credential``; one that lost its ground ends.

        Raises:
            AuthenticationFailed: the credential is not valid.
        """
        now, token = timezone.now(), parse(credential.text)
        # Without the middleware, no event would say who impersonates the user.
        is_on_record = current().request is not None
        is_sent = is_on_record and credential.transport is Transport.BEARER
        row = impersonations.find(token) if token and is_sent else None
        if row is None or not row.is_live_at(now):
            raise self.failure()
        session = sessions.read(row.session_id)
        is_open = session is not None and sessions.is_open(session, now)
        if not (session and is_open and impersonations.may_go_on(row, session)):
            given = EndImpersonationInput(impersonation=row, reason=NOT_ALLOWED)
            EndImpersonation.execute(given)
            raise self.failure()
        return row

    def failure(self) -> exceptions.AuthenticationFailed:
        """Return the same error for every invalid credential."""
        return SignInAgain()

    def authenticate_header(self, request: Request) -> str | None:
        """Return ``WWW-Authenticate`` for a 401 (RFC 6750, section 3).

        DRF asks only the first class. For a request of a view of the project without a
        credential of ours, the next class answers, as if ours were not listed.
        """
        others = [] if _is_ours(request) else _others(request)
        if others and not _has_credential(request):
            return others[0].authenticate_header(request)
        presented = "HTTP_AUTHORIZATION" in request.META
        return 'Bearer error="invalid_token"' if presented else "Bearer"


def _others_may(request: Request) -> bool:
    """Return whether a foreign bearer token may be for another class, or for no one.

    Only our own endpoints can know that it is for no one: they refuse it if ours is
    the only class. A public view of a project may be called with any token.
    """
    return not _is_ours(request) or bool(_others(request))


def _is_ours(request: Request) -> bool:
    """Return whether the request is for one of our endpoints."""
    view = (request.parser_context or {}).get("view")
    return bool(getattr(view, "is_endpoint", False))


def _others(request: Request) -> list[BaseAuthentication]:
    """Return the authenticators of the view that are not ours."""
    listed: Any = request.authenticators or ()
    return [it for it in listed if not isinstance(it, SessionAuthentication)]


def _has_credential(request: Request) -> bool:
    """Return whether the request has a token or cookie of ours, valid or not."""
    http = request._request
    has_cookie = transports.cookie_name() in http.COOKIES
    return has_cookie or transports.has_bearer_of_ours(http)


def _is_fresh(token: Token, now: Any) -> bool:
    return token.expires_at is None or moments.as_utc(now) < token.expires_at


def _has_generation(session: AbstractSession, token: Token) -> bool:
    """Return whether the generation is valid; a cookie must have the current one."""
    if token.kind is Kind.COOKIE:
        return token.generation == session.generation
    return token.generation <= session.generation
