"""Redacts secrets by field name, for logs, error reports and audit events."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

BLOT = "[redacted]"
SECRET = re.compile(
    r"passw|token|secret|codes?$|otp|assertion|authorization|cookie|api_?key",
    re.IGNORECASE,
)
"""Names of fields whose value is a secret."""

PRIVATE = re.compile(rf"{SECRET.pattern}|e?mail", re.IGNORECASE)
"""Names of fields whose value is a secret or an e-mail address."""


LONGEST_NAME = 64
"""Longest name that is read: to search one of a megabyte takes 0.1 seconds."""


def is_secret(name: str) -> bool:
    """Return whether the value of a field with this name is a secret.

    True of a name that is too long to be one of ours.
    """
    return len(name) > LONGEST_NAME or _is_secret(name)


@lru_cache(maxsize=512)
def _is_secret(name: str) -> bool:
    return bool(SECRET.search(name))


def redacted(value: Any, name: str = "") -> Any:
    """Return a copy of JSON-like ``value`` with ``BLOT`` in place of every secret."""
    if name and PRIVATE.search(name):
        return BLOT
    if isinstance(value, Mapping):
        return {key: redacted(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return value
