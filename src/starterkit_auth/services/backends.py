"""Asks the project's ``AUTHENTICATION_BACKENDS`` whose password this is.

As Django's ``authenticate()``, with two differences. Where that would ask
``ModelBackend``, we check the password ourselves, at the cost of one hash, account or
not. And a backend that fails makes the answer 503, not 500.
"""

import inspect
import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth import get_backends
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied

from starterkit_core.errors import ServiceUnavailable
from starterkit_core.utils.client import Client
from starterkit_core.utils.source import dotted

logger = logging.getLogger("starterkit.auth")

RETRY_AFTER = 5
"""``Retry-After`` in seconds after an error of a backend."""

Check = Callable[[], AbstractBaseUser | None]
"""Checks the password against the one saved here, and returns its user or None."""


def accepted(
    username: str, password: str, client: Client, *, check: Check
) -> AbstractBaseUser | None:
    """Return the user of the first backend that accepts; None if none does.

    A backend may also forbid that others are asked, by ``PermissionDenied``.

    Raises:
        ServiceUnavailable: a backend failed.
    """
    given = {"username": username, "password": password}
    for backend in get_backends():
        here = _checks_as_we_do(backend)
        try:
            user = check() if here else _ask(backend, client.request, given)
        except PermissionDenied:
            return None
        if user is not None:
            return user
    return None


def unasked() -> Iterator[str]:
    """Yield the backends that can accept a password and are not ``ModelBackend``."""
    for backend in get_backends():
        if not _checks_as_we_do(backend) and _can_accept(backend):
            yield dotted(type(backend))


def _checks_as_we_do(backend: Any) -> bool:
    return getattr(type(backend), "authenticate", None) is ModelBackend.authenticate


def _can_accept(backend: Any) -> bool:
    own = getattr(type(backend), "authenticate", BaseBackend.authenticate)
    return own is not BaseBackend.authenticate


def _ask(backend: Any, request: Any, given: dict[str, str]) -> AbstractBaseUser | None:
    try:
        inspect.signature(backend.authenticate).bind(request, **given)
    except TypeError:  # it takes other credentials, as Django sees it too
        return None
    try:
        user: AbstractBaseUser | None = backend.authenticate(request, **given)
    except PermissionDenied:
        raise
    except Exception as error:  # noqa: BLE001  # a backend may raise anything
        # Without the traceback: an error reporter would include the password.
        logger.error(  # noqa: TRY400  # as said
            "auth.backend_failed: %s, %s", type(backend).__name__, type(error).__name__
        )
        raise ServiceUnavailable(retry_after=RETRY_AFTER) from None
    return user
