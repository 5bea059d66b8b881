"""Values and names as a settings file has them."""

from datetime import timedelta
from typing import Any


def as_source(value: Any) -> str:
    """Return ``value`` as Python source, the same on every run."""
    if isinstance(value, timedelta):
        return f"timedelta({_largest_unit(value)})"
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(repr, value))) + "}" if value else "set()"
    return repr(value)


def dotted(named: Any) -> str:
    """Return the dotted path of a class or function."""
    return f"{named.__module__}.{named.__qualname__}"


def _largest_unit(value: timedelta) -> str:
    for unit in ("days", "hours", "minutes"):
        number, rest = divmod(value, timedelta(**{unit: 1}))
        if number and not rest:
            return f"{unit}={number}"
    return f"seconds={value.total_seconds():g}"
