"""The columns of each module and host app that are keys of addresses.

``manage.py starterkit_addresses`` finds out what a rule would make of them, and saves
it. A column is named here if it is unique and outlives a change of the rule.
"""

from collections.abc import Callable, Iterable, Iterator

from starterkit_core.db.address_keys import AddressKeys

_sources: dict[str, Callable[[], Iterable[AddressKeys]]] = {}


def register(name: str, source: Callable[[], Iterable[AddressKeys]]) -> None:
    """Add what ``source`` returns; one with the same name is replaced."""
    _sources[name] = source


def unregister(name: str) -> None:
    """Remove the source called ``name``."""
    _sources.pop(name, None)


def all_keys() -> Iterator[AddressKeys]:
    """Yield the columns, as they were registered."""
    for source in _sources.values():
        yield from source()
