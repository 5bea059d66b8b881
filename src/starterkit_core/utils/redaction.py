"""One list of names that must never be written down, for logs, reports and audit."""

import re
from collections.abc import Mapping
from typing import Any

BLOT = "[redacted]"
SECRET = re.compile(
    r"passw|token|secret|code$|otp|assertion|authorization|cookie|api_?key|e?mail",
    re.IGNORECASE,
)
"""Names of fields whose value is a secret or an address of a person."""


def redacted(value: Any, name: str = "") -> Any:
    """Return a copy of JSON-like ``value`` with every secret blotted out."""
    if name and SECRET.search(name):
        return BLOT
    if isinstance(value, Mapping):
        return {key: redacted(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(item) for item in value]
    return value
