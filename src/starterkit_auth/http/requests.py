"""What a request that was signed in here knows."""

from typing import Any

from rest_framework.request import Request

from starterkit_auth.models import AbstractSession


def session_of(request: Request) -> AbstractSession | None:
    """Return the session that signed the request in, if it was one of ours."""
    session: Any = request.auth
    return session if isinstance(session, AbstractSession) else None
