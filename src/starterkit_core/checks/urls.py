"""The views that the URLs of a project lead to."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import URLPattern, URLResolver


def served(patterns: Sequence[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    """Yield the path and the view of each URL."""
    for pattern in patterns:
        path = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from served(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def class_of(view: Any) -> Any:
    """Return the class of a view of DRF, or None; loads no view that is lazy."""
    return getattr(view, "__dict__", {}).get("cls")
