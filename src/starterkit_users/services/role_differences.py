"""How the saved roles differ from what the code declares."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.utils.translation import override

from starterkit_core.conf import default_language
from starterkit_core.db.databases import rows_of
from starterkit_core.ports.roles import Role as DeclaredRole
from starterkit_core.ports.roles import roles as declared_roles
from starterkit_core.utils.uuid7 import uuid7
from starterkit_users.models import Role
from starterkit_users.services.roles import KnownRole

LONGEST_NAME = 150
"""Characters of the name of a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """How the saved state of a role differs from what the code declares."""

    key: str
    what: str
    """``new``, ``changed``, ``drifted`` (the database decides) or ``undeclared``."""

    missing: tuple[str, ...] = ()
    """Permissions that the code declares and the group lacks."""

    more: tuple[str, ...] = ()
    """Permissions that the group has and the code does not declare."""


def differences(saved: Mapping[str, KnownRole]) -> list[RoleChange]:
    """Return how saved roles differ from what the code declares, by key."""
    declared = declared_roles()
    found = (
        _difference(declared.get(key), saved.get(key), key)
        for key in sorted(declared.keys() | saved.keys())
    )
    return [change for change in found if change]


def _difference(
    role: DeclaredRole | None, saved: KnownRole | None, key: str
) -> RoleChange | None:
    """Return how a role differs from its declaration; None if it does not."""
    wanted = {str(it) for it in role.permissions} if role else set()
    has = saved.permissions if saved else frozenset()
    change = RoleChange(
        key=key,
        what=_kind(role, saved),
        missing=tuple(sorted(wanted - has)),
        more=tuple(sorted(has - wanted)),
    )
    flag_differs = bool(role and saved and role.is_system != saved.is_system)
    is_same = role and saved and wanted == has and not flag_differs
    return None if is_same else change


def _kind(role: DeclaredRole | None, saved: KnownRole | None) -> str:
    if role is None:
        return "undeclared"
    if saved is None:
        return "new"
    follows = role.is_system or saved.is_system
    return "changed" if follows else "drifted"


def create(role: DeclaredRole) -> Group:
    """Save a role, and return its group."""
    group: Group = rows_of(Group).create(name=_free_name(role))
    rows_of(Role).create(key=role.key, group=group, is_system=role.is_system)
    return group


def _free_name(role: DeclaredRole) -> str:
    """Return the name of the role; with its key if another group is called so."""
    with override(default_language()):
        name = str(role.name)
    ends = ("", f" ({role.key})", f" ({uuid7()})")
    names = [f"{name[: LONGEST_NAME - len(end)]}{end}" for end in ends]
    groups = rows_of(Group)
    return next(it for it in names if not groups.filter(name=it).exists())
