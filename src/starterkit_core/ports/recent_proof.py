"""The permission by which an endpoint asks that the user has just proven who they are.

The module that keeps sessions registers it in ``AppConfig.ready()``. An endpoint asks
for it by ``recent_proof = True``, or by ``None`` and ``require_recent_proof()`` for
some changes only; without such a module it asks for no more than without that line.
"""

from typing import Any

_registered: list[type[Any]] = []


def register(permission: type[Any]) -> None:
    """Let this DRF permission ask; it replaces a former one.

    Its ``raises`` are the refusals, for the API documentation.
    """
    _registered[:] = [permission]


def unregister() -> None:
    """Remove the permission."""
    _registered.clear()


def permissions() -> tuple[type[Any], ...]:
    """Return what to ask: the permission, or an empty tuple."""
    return tuple(_registered)
