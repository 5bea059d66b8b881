"""What modules add to the account that a signed-in user reads, such as pending terms.

A module or a host registers a section in ``AppConfig.ready()``. It is read only for
clients that ask for it, so it costs the others no query.
"""

from typing import Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.dispatch import Signal


class AccountSection(Protocol):
    """One section of ``GET v1/me/?include=…``."""

    name: str
    """Unique name, by which clients ask for it."""

    serializer: str
    """Dotted path of the serializer class that shows what ``read()`` returns."""

    max_queries: int
    """How many queries ``read()`` takes at most, whatever the user has."""

    def read(self, user: AbstractBaseUser) -> Any:
        """Return what the serializer shows; None if there is no such thing."""


sections_changed = Signal()
"""Sent after a section was registered or removed; without arguments."""

_sections: dict[str, AccountSection] = {}


def register(section: AccountSection) -> None:
    """Add ``section``; one with the same name is replaced.

    Raises:
        TypeError: clients could not ask for this name.
    """
    if not section.name.isidentifier():
        raise TypeError(f"{section.name!r} is no name of a section.")
    _sections[section.name] = section
    sections_changed.send(AccountSection)


def unregister(name: str) -> None:
    """Remove the section called ``name``."""
    _sections.pop(name, None)
    sections_changed.send(AccountSection)


def sections() -> dict[str, AccountSection]:
    """Return all sections by name."""
    return dict(_sections)
