"""What all endpoints share that open a session, or go on with one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from starterkit_auth.http import transports
from starterkit_auth.http.requests import session_of
from starterkit_auth.models import AbstractSession, Transport
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a client wants to use the session that it opens."""

    client: Client
    transport: Transport
    replaced: str = field(repr=False)
    """The cookie that the new one replaces, or ``""``."""


def read_opening(view: EndpointView, given: Mapping[str, Any]) -> Opening:
    """Return which client opens a session and how, from the validated body.

    Asking for a cookie takes the same proof as using one: otherwise another site could
    sign a visitor in to an account of its own.

    Raises:
        CrossSiteRequest: a cookie is asked for from another site.
    """
    described = dict(given.get("client", {}))
    transport = Transport(described.pop("transport", Transport.BEARER))
    replaced = ""
    if transport is Transport.COOKIE:
        transports.check_same_site(view.request._request)
        replaced = view.request.COOKIES.get(transports.cookie_name(), "")
    client = replace(view.client, **described)
    return Opening(client=client, transport=transport, replaced=replaced)


def own_session(view: EndpointView) -> AbstractSession:
    """Return the session of this request.

    Raises:
        PermissionDenied: the project signed the user in by other means.
    """
    session = session_of(view.request)
    if session is None:
        raise PermissionDenied
    return session


def respond_with_session(view: EndpointView, opened: OpenedSession) -> Response:
    """Return the session, and set the cookie if that is how it travels."""
    response = view.respond(opened)
    transports.set_cookie(response, opened)
    return response
