"""Django's signals of signing in and out, which other packages listen to.

Lock-outs, audit logs and carts connect to them. They are sent after the commit; an
exception in a receiver is logged and changes no answer.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import Signal

from starterkit_core import signals
from starterkit_core.utils.client import Client

SENDER_OF_FAILURES: Any = "django.contrib.auth"
"""What Django gives as the sender of ``user_login_failed``."""

SAVES_LAST_LOGIN = "update_last_login"
"""Django's own receiver of ``user_logged_in``: opening a session has done its work."""


def announce_login(user: AbstractBaseUser, client: Client) -> None:
    """Send ``user_logged_in``."""
    facts = {"request": client.request, "user": user}
    signals.announce(_without_last_login(user_logged_in), type(user), **facts)


def announce_failure(username: str, client: Client) -> None:
    """Send ``user_login_failed``; the password is not in the credentials.

    Receivers look for the name under ``username``, or under the model's field for it.
    """
    credentials = {"username": username, get_user_model().USERNAME_FIELD: username}
    facts = {"request": client.request, "credentials": credentials}
    signals.announce(user_login_failed, SENDER_OF_FAILURES, **facts)


def announce_logout(user: AbstractBaseUser, client: Client) -> None:
    """Send ``user_logged_out``."""
    facts = {"request": client.request, "user": user}
    signals.announce(user_logged_out, type(user), **facts)


def _without_last_login(signal: Signal) -> Signal:
    """Return a signal with the same receivers, except Django's own."""
    copied = Signal()
    copied.receivers = [
        entry for entry in signal.receivers if entry[0][0] != SAVES_LAST_LOGIN
    ]
    return copied
