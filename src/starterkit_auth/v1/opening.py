"""What all endpoints share that open a session, or go on with one."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.db import transaction
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from starterkit_auth.authentication import session_of
from starterkit_auth.models import AbstractSession, Transport
from starterkit_auth.services import sessions, transports
from starterkit_auth.services.sessions import OpenedSession
from starterkit_auth.services.tokens import parse
from starterkit_core.endpoints import EndpointView
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client


def read_client(
    view: EndpointView, given: Mapping[str, Any]
) -> tuple[Client, Transport]:
    """Return who opens a session and how it travels, from the validated body.

    Asking for a cookie takes the same proof as using one: otherwise another site could
    sign a visitor in to an account of its own.

    Raises:
        CrossSiteRequest: a cookie is asked for from another site.
    """
    said = dict(given.get("client", {}))
    transport = Transport(said.pop("transport", Transport.BEARER))
    if transport is Transport.COOKIE:
        transports.check_same_site(view.request._request)  # noqa: SLF001
    return replace(view.client, **said), transport


def own_session(view: EndpointView) -> AbstractSession:
    """Return the session of this request.

    Raises:
        PermissionDenied: the project signed the person in by other means.
    """
    session = session_of(view.request)
    if session is None:
        raise PermissionDenied
    return session


def respond_with_session(
    view: EndpointView, opened: OpenedSession, status: HTTPStatus | None = None
) -> Response:
    """Return the session, and set the cookie if that is how it travels.

    A cookie of another session, which is lost by this, signs that one out (ASVS 7.2.4).
    """
    response = view.respond(opened, status=status)
    if opened.cookie:
        sign_out_former(view, opened)
        transports.set_cookie(response, opened)
    return response


def sign_out_former(view: EndpointView, opened: OpenedSession) -> None:
    """End the session whose cookie came along, unless it is the one that goes on."""
    former = parse(view.request.COOKIES.get(transports.cookie_name(), ""))
    if former is None or former.session_id == opened.session.pk:
        return
    with transaction.atomic():
        session = sessions.find(former)
        if session and sessions.end(session, "signed_out"):
            facts = {"session": str(session.pk)}
            user, client = session.user, view.client
            audit.record(
                "auth.signed_out", actor=user, subject=user, client=client, facts=facts
            )
