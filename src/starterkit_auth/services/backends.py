"""Asks the project's ``AUTHENTICATION_BACKENDS`` whose password this is.

As Django's ``authenticate()``, with two differences. Where that would ask
``ModelBackend``, we check the password ourselves, at the cost of one hash, account or
not; a subclass still decides who may sign in. And a backend that fails makes the answer
503, not 500.
"""

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.contrib.auth import get_backends
from django.contrib.auth.backends import (
    AllowAllUsersModelBackend,
    BaseBackend,
    ModelBackend,
)
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied

from starterkit_auth.services import hashing
from starterkit_core.errors import ServiceUnavailable
from starterkit_core.utils.client import Client
from starterkit_core.utils.source import dotted

logger = logging.getLogger("starterkit.auth")

RETRY_AFTER = 5
"""``Retry-After`` in seconds after an error of a backend."""

T = TypeVar("T")

_counted: ContextVar[bool] = ContextVar("starterkit_auth_counted", default=False)
"""Whether a backend is asked by our own sign-in."""

Check = Callable[[], AbstractBaseUser | None]
"""Checks the password against the one saved here, and returns its user or None."""


def accepted(
    username: str, password: str, client: Client, *, check: Check
) -> AbstractBaseUser | None:
    """Return the user of the first backend that accepts; None if none does.

    A backend may also forbid that others are asked, by ``PermissionDenied``. Most hash
    the password, so the thread has its turn while they are asked. This also bounds how
    many threads a directory that hangs can hold.

    Raises:
        ServiceUnavailable: a backend failed.
        Busy: too many passwords are being hashed.
    """
    with hashing.turn():
        return _accepted(client, {"username": username, "password": password}, check)


def _accepted(
    client: Client, given: dict[str, str], check: Check
) -> AbstractBaseUser | None:
    for backend in get_backends():
        here = _checks_as_we_do(backend)
        try:
            user = _check(backend, check) if here else _ask(backend, client, given)
        except PermissionDenied:
            return None
        if user is not None:
            return user
    return None


def unasked() -> Iterator[str]:
    """Yield the backends that can accept a password or refuse a user of their own."""
    for backend in get_backends():
        if _decides(backend) if _checks_as_we_do(backend) else _can_accept(backend):
            yield dotted(type(backend))


def as_sign_in(authenticate: T) -> T:
    """Mark the method of a backend that checks passwords as our sign-in does."""
    authenticate.checks_as_sign_in = True  # type: ignore[attr-defined]  # a mark of ours
    return authenticate


def is_counted() -> bool:
    """Return whether a backend is asked by our own sign-in, which counts attempts."""
    return _counted.get()


@contextmanager
def _asked_by_us() -> Iterator[None]:
    token = _counted.set(True)
    try:
        yield
    finally:
        _counted.reset(token)


def _checks_as_we_do(backend: Any) -> bool:
    own = getattr(type(backend), "authenticate", None)
    return own is ModelBackend.authenticate or hasattr(own, "checks_as_sign_in")


def _can_accept(backend: Any) -> bool:
    own = getattr(type(backend), "authenticate", BaseBackend.authenticate)
    return own is not BaseBackend.authenticate


def _decides(backend: Any) -> bool:
    """Return whether a subclass of ``ModelBackend`` decides who may sign in.

    Inactive users may not, whatever it says.
    """
    return type(backend).user_can_authenticate not in {
        ModelBackend.user_can_authenticate,
        AllowAllUsersModelBackend.user_can_authenticate,
    }


def _check(backend: Any, check: Check) -> AbstractBaseUser | None:
    user = check()
    if user is None or not _decides(backend):
        return user
    may = _answer(backend, lambda: backend.user_can_authenticate(user))
    return user if may else None


def _ask(
    backend: Any, client: Client, given: dict[str, str]
) -> AbstractBaseUser | None:
    request: Any = client.request
    try:
        inspect.signature(backend.authenticate).bind(request, **given)
    except TypeError:  # it takes other credentials, as Django sees it too
        return None
    user: AbstractBaseUser | None = _answer(
        backend, lambda: backend.authenticate(request, **given)
    )
    return user


def _answer(backend: Any, ask: Callable[[], T]) -> T:
    try:
        with _asked_by_us():
            return ask()
    except PermissionDenied:
        raise
    except Exception as error:  # noqa: BLE001  # a backend may raise anything
        # Without the traceback: an error reporter would include the password.
        logger.error(  # noqa: TRY400  # as said
            "auth.backend_failed: %s, %s", type(backend).__name__, type(error).__name__
        )
        raise ServiceUnavailable(retry_after=RETRY_AFTER) from None
