"""The rows of each module and host app that may be deleted when their time is over.

``manage.py starterkit purge`` deletes them, once a day.
"""

from collections.abc import Callable, Iterable, Iterator

from starterkit_core.db.expired import Expired

_sources: dict[str, Callable[[], Iterable[Expired]]] = {}


def register(name: str, source: Callable[[], Iterable[Expired]]) -> None:
    """Add what ``source`` returns; one with the same name is replaced."""
    _sources[name] = source


def unregister(name: str) -> None:
    """Remove the source called ``name``."""
    _sources.pop(name, None)


def all_expired() -> Iterator[Expired]:
    """Yield what may be deleted now, as it was registered."""
    for source in _sources.values():
        yield from source()
