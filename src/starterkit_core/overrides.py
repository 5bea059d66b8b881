"""``STARTERKIT_OVERRIDES``: which class runs in place of ours.

The key is a dotted path: an endpoint's folder, or the file of an act without a URL. The
value is the path of a use case; for an endpoint also a dict of parts: ``use_case``,
``request``, ``response``. Read at each call.
"""

from typing import TypeVar, cast

from django.utils.module_loading import import_string

from starterkit_core.conf import overrides

T = TypeVar("T")

PARTS = ("use_case", "request", "response")
"""What can be replaced in an endpoint's folder."""


def path_of(key: str, part: str) -> str | None:
    """Return the dotted path that the host gives for one part."""
    return parts_of(key).get(part)


def parts_of(key: str) -> dict[str, str]:
    """Return what the host replaces under ``key``, by part."""
    entry = overrides().get(key, {})
    return {"use_case": entry} if isinstance(entry, str) else entry


def active(key: str, part: str, default: type[T]) -> type[T]:
    """Return the host's replacement of ``default``, or ``default`` itself."""
    path = path_of(key, part)
    return cast("type[T]", import_string(path)) if path else default
