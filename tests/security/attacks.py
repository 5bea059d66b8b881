"""Hostile requests for every operation of the OpenAPI document.

A new endpoint is attacked as soon as it stands in the document.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from starterkit_core.testing.client import ApiClient
from tests.documented import Operation, examples_of, operations

AUTH = "/api/auth/v1/"
USERS = "/api/users/v1/"
TERMS = "/api/terms/v1/"
PROBLEM = "application/problem+json"
NOBODY = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"
"""An id that no row has."""

HOSTILE_TEXTS = {
    "nul": "a\x00b",
    "escape": "\x1b[31mred",
    "turned around": "\u202egnp.exe",
    "half a character": "\ud800",
    "too long": "x" * 5_000,
}
"""Texts that no field takes, as JSON can carry them."""

HOSTILE_VALUES = {
    "null": None,
    "number": 7,
    "huge number": 10**400,
    "fraction": 1.5,
    "flag": True,
    "list": ["a"],
    "empty list": [],
    "object": {"$ne": ""},
}
"""Values of other types than text."""

PASSWORDS = {"password", "current_password", "new_password"}


def named(operation: Operation) -> str:
    return f"{operation.method.upper()} {operation.path}"


def bodied() -> list[Operation]:
    """Return every operation that takes JSON; uploads have tests of their own."""
    bodies = ((it, it.content.get("requestBody", {})) for it in operations())
    return [it for it, body in bodies if "application/json" in body.get("content", {})]


def example(operation: Operation) -> dict[str, Any]:
    """Return a body in the right shape: the first that the docs show."""
    shown = examples_of(operation.content["requestBody"])
    if shown:
        return dict(next(iter(shown.values()))["value"])
    [required] = operation.view.request_class().fields
    return {required: "x" * 64}


def url(operation: Operation) -> str:
    return re.sub(r"{\w+}", NOBODY, operation.path.replace("{number}", "1"))


def send(client: ApiClient, operation: Operation, body: Any = None) -> Any:
    """Send ``body`` as JSON that has it exactly; bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    if body is None and not operation.view.request_class:
        raw = b""
    return client.generic(operation.method.upper(), url(operation), raw, JSON)


JSON = "application/json"


def leaves(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value that is not made of others."""
    inner = body.items() if isinstance(body, dict) else enumerate(body)
    for name, value in inner:
        if isinstance(value, (dict, list)):
            yield (*path, name)
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name)


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of ``body`` with another value in one place."""
    copy = json.loads(json.dumps(body))
    place = copy
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return copy


def value_at(body: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        body = body[name]
    return body
