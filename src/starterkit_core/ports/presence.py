"""Who is here: told of the user of each request, once it has been answered.

A module registers an observer in ``AppConfig.ready()``. The middleware asks it for each
request whose user is known by then, however that was found out and whatever view
answered. Nothing that an observer does can change the answer.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.utils.outages import is_new, summary_of

logger = logging.getLogger("starterkit.presence")


class Observer(Protocol):
    """Keeps something about users who are here."""

    name: str
    """Unique name; registering it again replaces the former observer."""

    def is_due(self, user: AbstractBaseUser) -> bool:
        """Return whether to call ``note``; must be quick and read no database."""

    def note(self, user: AbstractBaseUser) -> None:
        """Keep that ``user`` is here; outside of any transaction of the request."""


_observers: dict[str, Observer] = {}


def register(observer: Observer) -> None:
    """Add ``observer``; one with the same name is replaced."""
    _observers[observer.name] = observer


def unregister(name: str) -> None:
    """Remove the observer called ``name``."""
    _observers.pop(name, None)


def due(user: AbstractBaseUser | None) -> Callable[[], None] | None:
    """Return what keeps that ``user`` is here, or None if there is nothing to keep.

    What is returned may read the database; it raises no exception.
    """
    if user is None:
        return None
    observers = [it for it in _observers.values() if it.is_due(user)]
    return partial(_note, user, observers) if observers else None


def _note(user: AbstractBaseUser, observers: list[Observer]) -> None:
    """Let each observer keep that ``user`` is here; a failure is only logged."""
    for observer in observers:
        try:
            observer.note(user)
        except Exception as error:  # noqa: BLE001  # the answer to the request counts
            if is_new(error, f"presence.{observer.name}"):
                text = "%s could not be kept: %s"
                logger.warning(text, observer.name, summary_of(error))
