"""Reads the client and the request id from an HTTP request."""

import re
from secrets import token_hex

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import get_language

from starterkit_core.conf import conf
from starterkit_core.observability.context import Context, loaded, trace_of
from starterkit_core.observability.otel import current_trace
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import client_address

META_KEY = "starterkit.request_id"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,128}")
"""A valid request id of a client; it has no character that could forge a log line."""


def client_of(request: HttpRequest) -> Client:
    """Return the client that sent ``request``."""
    return Client(
        address=client_address(request.META, conf.TRUSTED_PROXIES),
        user_agent=readable(request.META.get("HTTP_USER_AGENT", ""))[:256],
        language=get_language() or "",
        request_id=request_id_of(request),
        request=request,
    )


def request_id_of(request: HttpRequest) -> str:
    """Return the id of this request: the client's if well formed, or a new one.

    Other middleware, such as django-guid, finds a new one where it looks for the
    client's, so that the header of the answer and the logs have one id.
    """
    if META_KEY not in request.META:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if ACCEPTED.fullmatch(given) else token_hex(16)
        request.META[META_KEY] = chosen
        request.META["HTTP_X_REQUEST_ID"] = given or chosen
    return str(request.META[META_KEY])


def context_of(request: HttpRequest) -> Context:
    """Return the ids of this request: its own, its trace's, and its user's."""
    return Context(
        request_id=request_id_of(request),
        trace=current_trace() or trace_of(request.META.get("HTTP_TRACEPARENT", "")),
        request=request,
    )


def user_of(request: HttpRequest) -> AbstractBaseUser | None:
    """Return the user who sent ``request``, or None; never causes a query.

    None also if an administrator acts as that user: ``request.impersonator`` has the
    administrator then.
    """
    user = loaded(getattr(request, "user", None))
    if not isinstance(user, AbstractBaseUser) or getattr(request, "impersonator", None):
        return None
    return user


def readable(text: str) -> str:
    """Return ``text`` without characters that would break a log or a database."""
    if text.isprintable():
        return text
    return "".join(sign for sign in text if sign.isprintable())
