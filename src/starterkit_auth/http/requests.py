"""Reads the session of an authenticated request."""

from typing import Any

from rest_framework.request import Request

from starterkit_auth.models import AbstractSession


def session_of(request: Request) -> AbstractSession | None:
    """Return the session of the request; None if authenticated by other means."""
    session: Any = request.auth
    return session if isinstance(session, AbstractSession) else None
