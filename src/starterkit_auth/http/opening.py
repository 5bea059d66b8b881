"""Shared code of the endpoints that open or renew a session."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rest_framework.response import Response

from starterkit_auth.errors import SessionRequired
from starterkit_auth.http import transports
from starterkit_auth.http.requests import session_of
from starterkit_auth.models import AbstractSession, Transport
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The client that opens a session, and the transport it asks for."""

    client: Client
    transport: Transport
    replaced: Secret = field(repr=False)
    """The cookie that the new one replaces, or ``""``."""


def read_opening(view: EndpointView, given: Mapping[str, Any]) -> Opening:
    """Return client and transport from the validated body.

    A request for a cookie must pass the same check as one with a cookie: otherwise
    another site could sign its visitor in to an attacker's account (login CSRF).

    Raises:
        CrossSiteRequest: another site may have sent the request for a cookie.
    """
    described = dict(given.get("client", {}))
    transport = Transport(described.pop("transport", Transport.BEARER))
    replaced = Secret()
    if transport is Transport.COOKIE:
        transports.check_same_site(view.request._request)
        replaced = Secret(view.request.COOKIES.get(transports.cookie_name(), ""))
    client = replace(view.client, **described)
    return Opening(client=client, transport=transport, replaced=replaced)


def own_session(view: EndpointView) -> AbstractSession:
    """Return the session of this request.

    Raises:
        SessionRequired: the user was authenticated by other means.
    """
    session = session_of(view.request)
    if session is None:
        raise SessionRequired
    return session


def respond_with_session(view: EndpointView, opened: OpenedSession) -> Response:
    """Return the response for ``opened``, with its cookie if it uses one."""
    response = view.respond(opened)
    transports.set_cookie(response, opened)
    return response
