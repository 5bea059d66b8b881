"""The authenticators of the modules, which our endpoints ask first.

A project lists authenticators of its own, too, in whatever order suits its own views.
An ``EndpointView`` asks those of the modules first, so that no other class can refuse
a credential that is ours.
"""

from collections.abc import Iterable

_registered: dict[type, None] = {}


def register(authenticator: type) -> None:
    """Let every endpoint ask this DRF authentication class, before others."""
    _registered[authenticator] = None


def unregister(authenticator: type) -> None:
    """Remove this class."""
    _registered.pop(authenticator, None)


def ours_first(listed: Iterable[type]) -> list[type]:
    """Return the classes that the project lists, after those that are registered.

    A subclass that the project lists takes the place of the registered class.
    """
    entries = [*listed]
    ours = [entry for entry in entries if issubclass(entry, (*_registered,))]
    others = [entry for entry in entries if entry not in ours]
    unlisted = [own for own in _registered if not _has_subclass(ours, own)]
    return [*unlisted, *ours, *others]


def _has_subclass(entries: list[type], of: type) -> bool:
    return any(issubclass(entry, of) for entry in entries)
