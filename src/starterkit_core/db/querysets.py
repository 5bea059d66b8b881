"""Markers that Django reads from the methods of a queryset."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def alters_data(method: F) -> F:
    """Mark a method that changes rows, so that templates do not call it."""
    vars(method)["alters_data"] = True
    return method


def queryset_only(method: F) -> F:
    """Mark a method that managers do not copy: it would apply to every row."""
    vars(method)["queryset_only"] = True
    return method
