"""Secrets made for a test, and how to find them in what should not have them."""

import re
import secrets
from collections.abc import Iterator
from typing import Any

from starterkit_core.utils.redaction import is_private
from tests.security.attacks import leaves, replaced, value_at

SHORTEST = 6
"""Least characters of a secret that is looked for."""

MOMENT = re.compile(r"\d\d:\d\d:\d\d\.\d+")
"""Its digits are no code."""


def canary(value: Any) -> Any:
    """Return a value that is new, of the same kind as ``value``."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{6}", value):
        return str(100_000 + secrets.randbelow(900_000))
    if "@" in value:
        return f"canary.{secrets.token_hex(8)}@example.org"
    if re.match("sk._", value):
        return value[:4] + secrets.token_urlsafe(48)
    return f"Canary {secrets.token_hex(8)}"


def canaries_in(body: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a copy of ``body`` with canaries in place of secrets, and these."""
    found = []
    for path in list(leaves(body)):
        if is_private(str(path[-1])):
            found.append(canary(value_at(body, path)))
            body = replaced(body, path, found[-1])
    return body, found


def secrets_in(data: Any, name: str = "") -> Iterator[str]:
    """Yield the texts of JSON that have the name of a secret or of an address."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from secrets_in(value, key)
    elif isinstance(data, list):
        for value in data:
            yield from secrets_in(value, name)
    elif isinstance(data, str) and len(data) >= SHORTEST and is_private(name):
        yield data


def place_of(canary: str, text: str) -> str:
    """Return where in ``text`` the canary is, however encoded, or ``""``."""
    pattern = re.escape(canary)
    for plain, encoded in (("@", "(?:@|%40)"), ("\\ ", "(?: |[+]|%20)")):
        pattern = pattern.replace(plain, encoded)
    text = MOMENT.sub("", text)
    found = re.search(rf"(?<![0-9a-f.]){pattern}(?![0-9a-f])", text)
    return text[max(0, found.start() - 400) : found.end() + 200] if found else ""
