"""Credentials in the Authorization header, or in an HttpOnly cookie.

A second cookie is no credential: it proves that a browser had a session.
"""

import re
from dataclasses import dataclass, field
from http.cookies import Morsel
from typing import Any, Literal, Self, cast
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import is_same_domain

from starterkit_auth.conf import conf, trusted_origins
from starterkit_auth.errors import AmbiguousCredentials
from starterkit_auth.models.session import Transport
from starterkit_auth.services.sessions import OpenedSession
from starterkit_auth.services.tokens import Kind
from starterkit_core.errors import CrossSiteRequest
from starterkit_core.utils.secrets import Secret

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

BEARER = re.compile(r"(?:^|,)\s*bearer\b", re.IGNORECASE)
"""A bearer token, even a broken one, in a header or in several joined by commas."""

SCHEME = re.compile(r"[!#$%&'*+.^_`|~\w-]+ +[^ ]", re.ASCII)
"""The begin of a well-formed header of any scheme (RFC 9110, section 11.6.2)."""

PREFIXES = tuple(kind.value for kind in Kind)
"""What a token of ours begins with; other bearer tokens are another class's."""


class SecretCookie(Morsel[str]):
    """A cookie whose value is in no error report."""

    @classmethod
    def of(cls, cookie: Morsel[str]) -> Self:
        """Return a copy of the cookie."""
        copy = cls()
        copy.set(cookie.key, Secret(cookie.value), Secret(cookie.coded_value))
        for name, value in cookie.items():
            copy[name] = value
        return copy

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.key}>"


class PartitionedCookie(SecretCookie):
    """A cookie with ``Partitioned``, which Python knows from 3.14 on only."""

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802  # Python's name
        """Return the header; Django writes it by this method."""
        return f"{super().OutputString(attrs)}; Partitioned"


@dataclass(frozen=True, slots=True)
class Credential:
    """The token of a request, and where it was sent."""

    text: Secret = field(repr=False)
    """The token as sent; empty if the cookie was sent more than once."""

    transport: Transport


def presented(request: HttpRequest) -> Credential | None:
    """Return the credential of a request; None without our cookie or a bearer token.

    Beside our cookie, another scheme is ignored, such as ``Basic`` of a proxy that
    guards a staging site.

    Raises:
        AmbiguousCredentials: beside our cookie there is a bearer token, even a broken
            one, or a header without a scheme.
    """
    header = request.META.get("HTTP_AUTHORIZATION")
    cookie = request.COOKIES.get(cookie_name())
    if cookie is not None and header is not None and not _has_other_scheme(header):
        raise AmbiguousCredentials
    if cookie is not None:
        text = Secret(cookie if _is_sent_once(request) else "")
        return Credential(text, Transport.COOKIE)
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return Credential(Secret(token), Transport.BEARER)


def has_bearer_of_ours(request: HttpRequest) -> bool:
    """Return whether the bearer token begins like ours, even if it is not valid."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, text = header.partition(" ")
    return scheme.lower() == "bearer" and text.lstrip().startswith(PREFIXES)


def has_foreign_bearer(request: HttpRequest) -> bool:
    """Return whether there is a bearer token that does not begin like ours."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    return bool(BEARER.search(header)) and not has_bearer_of_ours(request)


def check_same_site(request: HttpRequest) -> None:
    """Refuse a request that another site may have sent with its visitor's cookie.

    Browsers send where a request comes from, and no page can change these headers:
    ``Sec-Fetch-Site``, and in older browsers ``Origin``. Without both it is refused.

    Raises:
        CrossSiteRequest: neither same-origin nor in ``CSRF_TRUSTED_ORIGINS``.
    """
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    origin = request.META.get("HTTP_ORIGIN", "")
    if site == "same-origin" or _is_trusted(origin):
        return
    # With "cross-site", our own Origin means a redirect via another site.
    if site is None and origin == f"{request.scheme}://{request.get_host()}":
        return
    raise CrossSiteRequest


def check_cookie_use(request: HttpRequest, credential: Credential) -> None:
    """Refuse a cookie on an unsafe request that another site may have sent.

    Raises:
        CrossSiteRequest: neither same-origin nor from a trusted origin.
    """
    if credential.transport is Transport.COOKIE and request.method not in SAFE_METHODS:
        check_same_site(request)


def cookie_name() -> str:
    """Return the name, with a prefix that browsers enforce.

    A ``__Host-`` cookie cannot be set by another host, nor without HTTPS (RFC 6265bis,
    section 4.1.3).
    """
    # A browser may have a cookie from before the setting changed, and would send both.
    name = "starterkit-partitioned" if is_partitioned() else "starterkit"
    if not conf.COOKIE_SECURE:
        return name
    return f"__Secure-{name}" if conf.COOKIE_DOMAIN else f"__Host-{name}"


def is_partitioned() -> bool:
    """Return whether browsers keep a cookie for each site that the API is used from."""
    return conf.COOKIE_PARTITIONED and conf.COOKIE_SAMESITE == "None"


def device_cookie_name() -> str:
    """Return the name of the cookie that proves to have had a session."""
    return f"{cookie_name()}-device"


def proofs(request: HttpRequest) -> tuple[Secret, ...]:
    """Return what a request presents as tokens of sessions that its client has or had.

    No credentials here: they may have expired, and open no session.
    """
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    text = Secret(text if scheme.lower() == "bearer" else "")
    names = (device_cookie_name(), cookie_name())
    texts = [text, *(Secret(request.COOKIES.get(name, "")) for name in names)]
    return tuple(filter(None, texts))


def set_cookie(response: HttpResponseBase, opened: OpenedSession) -> None:
    """Set the cookies, if the session uses them.

    That of the device is left when the session ends, for as long as its row is kept.
    """
    if opened.cookie is not None:
        _write(response, cookie_name(), opened.cookie, opened.expires_in)
    if opened.device is not None:
        kept = int(conf.SESSION_RETENTION.total_seconds())
        name, lifetime = device_cookie_name(), opened.expires_in + kept
        _write(response, name, opened.device, lifetime)


def clear_cookie(response: HttpResponseBase) -> None:
    """Delete the cookie, with the attributes it was set with, as browsers require."""
    _write(response, cookie_name(), "", 0)


def _write(response: HttpResponseBase, name: str, value: str, max_age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        domain=conf.COOKIE_DOMAIN or None,
        secure=conf.COOKIE_SECURE,
        httponly=True,
        samesite=cast("Literal['Lax', 'Strict', 'None']", conf.COOKIE_SAMESITE),
    )
    kind = PartitionedCookie if is_partitioned() else SecretCookie
    response.cookies[name] = kind.of(response.cookies[name])


def _has_other_scheme(header: str) -> bool:
    """Return whether a header is well formed, and not for a bearer token."""
    return bool(SCHEME.match(header)) and not BEARER.search(header)


def _is_sent_once(request: HttpRequest) -> bool:
    """Return whether our cookie was sent once; of several, Django keeps the last."""
    pairs = request.META.get("HTTP_COOKIE", "").split(";")
    names = [pair.partition("=")[0].strip() for pair in pairs]
    return names.count(cookie_name()) == 1


def _is_trusted(origin: str) -> bool:
    return any(_matches(origin, trusted) for trusted in trusted_origins())


def _matches(origin: str, trusted: str) -> bool:
    """Return whether ``origin`` is ``trusted``, which may be ``https://*.example.com``."""
    if "*" not in trusted:
        return origin == trusted
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    scheme, _, domain = trusted.partition("://*")
    return parts.scheme == scheme and is_same_domain(parts.netloc, domain)
