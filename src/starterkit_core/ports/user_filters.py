"""What other modules let administrators narrow the list of users to.

A module or a host app registers a filter in ``AppConfig.ready()``, such as whether the
address is verified. The list of users has one parameter more then.
"""

from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q
from django.dispatch import Signal

if TYPE_CHECKING:
    from rest_framework.fields import Field


class UserFilter(Protocol):
    """One parameter of the list of users."""

    name: str
    """Unique name of the parameter, such as ``is_verified``."""

    def field(self) -> "Field[Any, Any, Any, Any] | None":
        """Return the field that reads the parameter, which is not required.

        None where the project has nothing to narrow by.
        """

    def condition(self, value: Any) -> Q:
        """Return the condition for ``value``, as the field read it.

        It has to be one that indexes answer for each row by itself, such as an
        ``Exists`` of a unique key: the list may have millions of rows.
        """


filters_changed = Signal()
"""Sent after a filter was registered or removed; without arguments."""

_filters: dict[str, UserFilter] = {}


def register(user_filter: UserFilter) -> None:
    """Add a filter; one with the same name is replaced."""
    _filters[user_filter.name] = user_filter
    filters_changed.send(UserFilter)


def unregister(name: str) -> None:
    """Remove the filter called ``name``."""
    _filters.pop(name, None)
    filters_changed.send(UserFilter)


def fields() -> "dict[str, Field[Any, Any, Any, Any]]":
    """Return the field of each filter, by name, as they were registered."""
    found = {name: it.field() for name, it in _filters.items()}
    return {name: field for name, field in found.items() if field is not None}


def condition(name: str, value: Any) -> Q:
    """Return the condition of the filter called ``name``."""
    return _filters[name].condition(value)
