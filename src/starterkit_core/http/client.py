"""Reads the client and the request id from an HTTP request."""

import re
from secrets import token_hex

from django.http import HttpRequest
from django.utils.translation import get_language

from starterkit_core.conf import conf
from starterkit_core.utils.client import Client, current_request_id
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
    """Return the id of this request: the client's if well formed, or a new one."""
    if META_KEY not in request.META:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if ACCEPTED.fullmatch(given) else token_hex(16)
        request.META[META_KEY] = chosen
        current_request_id.set(chosen)
    return str(request.META[META_KEY])


def readable(text: str) -> str:
    """Return ``text`` without characters that would break a log or a database."""
    return "".join(sign for sign in text if sign.isprintable())
