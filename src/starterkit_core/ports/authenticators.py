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
    ours, others = [], []
    for entry in listed:
        is_ours = issubclass(entry, (*_registered,))
        (ours if is_ours else others).append(entry)
    unlisted = [
        entry
        for entry in _registered
        if not any(issubclass(listed_one, entry) for listed_one in ours)
    ]
    return [*unlisted, *ours, *others]
