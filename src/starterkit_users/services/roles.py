"""Roles: groups of Django with a stable key, which code declares."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Model
from django.utils.functional import Promise

from starterkit_core.db.databases import accounts_database, rows_of
from starterkit_core.ports import roles as port
from starterkit_core.services import audit
from starterkit_core.signals import announce, roles_changed
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.models import Role
from starterkit_users.services import user_rows

COLUMNS = (
    "key",
    "group_id",
    "group__name",
    "is_system",
    "group__permissions__content_type__app_label",
    "group__permissions__codename",
)
"""What is read of a role; there is a line for each of its permissions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRole:
    """A role as it is saved, with its permissions."""

    key: str
    group_id: Any
    group_name: str
    is_system: bool
    permissions: frozenset[str]

    @property
    def name(self) -> str | Promise:
        """What people call it: the declared name, or that of the group."""
        declared = port.roles().get(self.key)
        return declared.name if declared else self.group_name


def has_roles() -> bool:
    """Return whether users of the project can have roles: they are in groups."""
    return user_rows.has_groups()


def known_roles(keys: Collection[str] | None = None) -> dict[str, KnownRole]:
    """Return the saved roles, or those of them with these keys, by key; one query."""
    rows = rows_of(Role) if keys is None else rows_of(Role).filter(key__in=keys)
    lines = rows.order_by("key").values_list(*COLUMNS)
    return {key: _role_of([*it]) for key, it in groupby(lines, key=itemgetter(0))}


def group_ids(keys: Collection[str]) -> dict[str, Any]:
    """Return the id of the group of each of these roles that is saved, by its key."""
    rows = rows_of(Role).filter(key__in=keys)
    return dict(rows.values_list("key", "group_id"))


def lock_roles(keys: Collection[str] | None = None) -> dict[str, KnownRole]:
    """Return what ``known_roles()`` does, locked until the transaction ends.

    Meanwhile ``sync_roles`` waits, so it neither changes nor deletes one of them.
    """
    rows = rows_of(Role).select_for_update().order_by("key")
    [*(rows if keys is None else rows.filter(key__in=keys)).values_list("pk")]
    return known_roles(keys)


def roles_of(user: Any) -> list[str]:
    """Return the keys of a user's roles, in their order; one query."""
    if not has_roles():
        return []
    groups = user.groups.using(accounts_database()).order_by().values("pk")
    keys = rows_of(Role).filter(group__in=groups).order_by("key")
    return [*keys.values_list("key", flat=True)]


def is_of_code(group: Any) -> bool:
    """Return whether a group is that of a role whose permissions the code says."""
    if group is None:
        return False
    found = rows_of(Role).filter(group_id=group.pk, is_system=True)
    return found.values_list("key", flat=True).first() in port.roles()


def set_roles(user: Any, keys: Iterable[str], roles: dict[str, KnownRole]) -> None:
    """Save that these are the user's roles; other groups stay as they are."""
    wanted, former = {*keys}, {*roles_of(user)}
    gone = rows_of(Role).filter(key__in=former - wanted)
    user.groups.remove(*gone.values_list("group_id", flat=True))
    user.groups.add(*(roles[key].group_id for key in sorted(wanted - former)))


def tell(
    user: Model,
    former: list[str],
    *,
    actor: Model | None = None,
    client: Client = NO_CLIENT,
) -> None:
    """Record and announce that a user's roles changed, if they did."""
    current = roles_of(user)
    if current == former:
        return
    audit.record(
        "users.roles_changed",
        actor=actor,
        subject=user,
        client=client,
        facts={"former": former, "roles": current},
    )
    announce(roles_changed, type(user), user=user, former=former, roles=current)


def ids_of(permissions: Iterable[str]) -> dict[str, Any]:
    """Return the id of each permission; one that is not saved is left out.

    Names are such as ``shop.view_order``.
    """
    wanted = {str(name) for name in permissions}
    codenames = {name.partition(".")[2] for name in wanted}
    rows = rows_of(Permission).filter(codename__in=codenames).order_by()
    found = rows.values_list("pk", "content_type__app_label", "codename")
    named = {f"{app}.{codename}": pk for pk, app, codename in found}
    return {name: named[name] for name in sorted(wanted & named.keys())}


def _role_of(lines: list[Any]) -> KnownRole:
    key, group_id, group_name, is_system, *_ = lines[0]
    names = {f"{app}.{codename}" for *_, app, codename in lines if codename}
    return KnownRole(
        key=key,
        group_id=group_id,
        group_name=group_name,
        is_system=is_system,
        permissions=frozenset(names),
    )
