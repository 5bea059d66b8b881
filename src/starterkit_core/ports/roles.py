"""The roles that modules and host apps declare: named sets of permissions.

A role is registered in ``AppConfig.ready()``. ``starterkit-users`` makes a group of
Django of each, by ``manage.py sync_roles``; without it, roles are only declared.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What users with this role may do."""

    key: str
    """Unique, stable name, such as ``support``: a renamed group keeps its role."""

    name: str | Promise
    """What people call it; may be translated."""

    permissions: Collection[str] = ()
    """Permissions of Django, such as ``shop.view_order``."""

    is_system: bool = True
    """Whether the code alone says what the role permits.

    If not, the permissions are those of a new role; administrators change them.
    """


_roles: dict[str, Role] = {}


def register(role: Role) -> None:
    """Add ``role``; one with the same key is replaced."""
    _roles[role.key] = role


def unregister(key: str) -> None:
    """Remove the role with this key."""
    _roles.pop(key, None)


def roles() -> dict[str, Role]:
    """Return all roles by key, in the order of the keys."""
    return dict(sorted(_roles.items()))
