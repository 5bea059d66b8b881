"""Who is calling: the one place that reads it from a request."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from secrets import token_hex
from typing import Self

from django.http import HttpRequest
from django.utils.translation import get_language

from starterkit_core.conf import conf
from starterkit_core.utils.client_address import client_address

META_KEY = "starterkit.request_id"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,128}")
"""A request id from outside: nothing that could forge a line of a log."""

current_request_id: ContextVar[str] = ContextVar("starterkit_request_id", default="")
"""The id of the request being answered, for log records and tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What is known about the program and the device that called."""

    address: str = ""
    """Network address, from behind configured proxies only."""

    user_agent: str = ""
    language: str = ""
    request_id: str = ""

    device_name: str = ""
    """What the device calls itself; the client says so, it proves nothing."""

    platform: str = ""
    app_version: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Read the client of ``request``."""
        return cls(
            address=client_address(request.META, conf.TRUSTED_PROXIES),
            user_agent=readable(request.META.get("HTTP_USER_AGENT", ""))[:256],
            language=get_language() or "",
            request_id=request_id_of(request),
        )


def request_id_of(request: HttpRequest) -> str:
    """Return the id of this request: the caller's if well formed, or a new one."""
    if META_KEY not in request.META:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if ACCEPTED.fullmatch(given) else token_hex(16)
        request.META[META_KEY] = chosen
        current_request_id.set(chosen)
    return str(request.META[META_KEY])


def readable(text: str) -> str:
    """Return ``text`` without characters that would break a log or a database."""
    return "".join(sign for sign in text if sign.isprintable())
