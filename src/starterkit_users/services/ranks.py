"""Ranks: which rights an administrator lacks, and so may neither give nor touch.

A user ranks above another who lacks one of their rights: a permission, the entry to the
administration, or the status of a superuser, who has all rights. Rights of an inactive
account count as well, because the account may be opened again.
"""

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model, QuerySet

from starterkit_core.db.databases import accounts_database, rows_of
from starterkit_users.errors import (
    HigherRank,
    LastSuperuser,
    OwnAccount,
    OwnRights,
    RightsLacked,
    UserNotFound,
)
from starterkit_users.models.lifecycle import LEFT
from starterkit_users.services import lifecycle, user_rows

FLAGS = ("is_staff", "is_superuser")
"""Columns of the user model that are rights by themselves."""

Rights = frozenset[str]
"""Permissions such as ``auth.change_user``, and the names of the flags that are set."""


class Rank:
    """The rights of an administrator, for the length of one request."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self._first_seen: dict[tuple[type[Model], Any], Rights] = {}

    @cached_property
    def is_highest(self) -> bool:
        """Whether the administrator is a superuser."""
        return bool(self.actor.is_active and getattr(self.actor, "is_superuser", False))

    @cached_property
    def rights(self) -> Rights:
        """The rights of the administrator."""
        return _flags_of(self.actor) | _asked_of_backends(self.actor)

    def lacks(self, rights: Rights) -> bool:
        """Return whether the administrator lacks one of ``rights``."""
        return not (self.is_highest or rights <= self.rights)

    def is_below(self, row: Model) -> bool:
        """Return whether a saved user or group has a right the administrator lacks."""
        return not self.is_highest and self.lacks(self.first_seen(row))

    def is_above(self, row: Model) -> bool:
        """Return whether the administrator has all rights of a saved user, and more."""
        theirs = self.first_seen(row)
        if "is_superuser" in theirs:
            return False
        return self.is_highest or theirs < self.rights

    def first_seen(self, row: Model) -> Rights:
        """Return the rights that a user or group had when this was first called."""
        key = (type(row), row.pk)
        if key not in self._first_seen:
            self._first_seen[key] = rights_of(row)
        return self._first_seen[key]

    def givable(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Return which of these groups or permissions the administrator may give."""
        if self.is_highest:
            return rows
        of_group = issubclass(rows.model, Group)
        lacked = {"permissions__in" if of_group else "pk__in": self._lacked}
        return rows.exclude(**lacked)

    @cached_property
    def _lacked(self) -> list[Any]:
        """The ids of the permissions that the administrator lacks."""
        rows = _permissions().values_list("pk", "content_type__app_label", "codename")
        return [pk for pk, app, name in rows if f"{app}.{name}" not in self.rights]


def lock_subject(user_id: str, *, erased: bool = False) -> Any:
    """Return the user whom an act is about, locked until the transaction ends.

    What is left of an erased account is none, unless the act is the erasure.

    If it is a superuser, all active ones are locked first, in the order of their ids:
    so two acts on two of them wait for each other, and neither ends in a deadlock.

    Raises:
        UserNotFound: no user has this id, or the account was erased.
    """
    if (found := user_rows.find(user_id)) is None:
        raise UserNotFound
    if getattr(found, "is_superuser", False):
        leaves_superuser(without=())  # it locks them
    user = user_rows.all_users().select_for_update().filter(pk=found.pk).first()
    if user is None or (not erased and lifecycle.is_erased(user)):
        raise UserNotFound
    return user


def require_rank(actor: Any, subject: Any) -> None:
    """Refuse an act of ``actor`` on a user who has a right that the actor lacks.

    Without an actor it is the project that acts, such as by a command.

    Raises:
        HigherRank: the user has such a right.
    """
    if actor is not None and Rank(actor).is_below(subject):
        raise HigherRank


def require_other(actor: Any, subject: Any) -> None:
    """Refuse an act of ``actor`` on their own account.

    Raises:
        OwnAccount: it is the actor's.
    """
    if actor is not None and actor.pk == subject.pk:
        raise OwnAccount


def require_flags(actor: Any, subject: Any, flags: Collection[str]) -> None:
    """Refuse a change of these ``FLAGS`` of ``subject`` that ``actor`` may not make.

    Raises:
        OwnRights: it is the actor's own account, and the actor is no superuser.
        RightsLacked: the actor lacks one of them.
    """
    if actor is None or not flags or (rank := Rank(actor)).is_highest:
        return
    if subject.pk == actor.pk:
        raise OwnRights
    if rank.lacks(frozenset(flags)):
        raise RightsLacked


def keep_a_superuser(subject: Any) -> None:
    """Refuse an act after which ``subject`` is no active superuser, if it is the last.

    Call it before the act, in its transaction, with a user whose row is locked, as
    ``lock_subject()`` returns it: then of two acts at once, each on one of the last two
    superusers, the second is refused.

    Raises:
        LastSuperuser: no other superuser is active.
    """
    if is_last_superuser(subject):
        raise LastSuperuser


def rights_of(row: Model) -> Rights:
    """Return the rights of a user, or those that a group gives, as saved now.

    Those that a backend of the project gives to an active user count, too.
    """
    if isinstance(row, Group):
        return _given_by([row])
    user = rows_of(get_user_model()).filter(pk=row.pk).first()
    return _rights_of_user(user) if user else frozenset()


def is_superuser(user: Any) -> bool:
    """Return whether this user, as read, is an active superuser; None is none."""
    return bool(getattr(user, "is_superuser", False) and user.is_active)


def is_last_superuser(user: Any) -> bool:
    """Return whether this user, as read, is the only active superuser."""
    return is_superuser(user) and not leaves_superuser([user.pk])


def has_superuser() -> bool:
    """Return whether there is an active superuser, as far as columns can tell."""
    return _can_tell() and _superusers().exists()


def leaves_superuser(without: Collection[Any]) -> bool:
    """Return whether an active superuser remains without the users with these ids.

    In a transaction the superusers are locked, so that two of them cannot remove each
    other at the same time. A project that computes who is one decides it by itself.
    """
    if not _can_tell():
        return True
    users = _superusers()
    if transaction.get_connection(users.db).in_atomic_block:
        users = users.select_for_update()
    ids = users.order_by("pk").values_list("pk", flat=True)
    return any(pk not in without for pk in [*ids])


def _can_tell() -> bool:
    return {"is_superuser", "is_active"} <= user_rows.model_columns().keys()


def _superusers() -> "QuerySet[Any]":
    """Return the superusers who can act now; one who has left only may come back."""
    users = rows_of(get_user_model()).filter(is_superuser=True, is_active=True)
    return (
        users.exclude(status__in=LEFT)
        if "status_since" in user_rows.model_columns()
        else users
    )


def _rights_of_user(user: Any) -> Rights:
    using, found = accounts_database(), _flags_of(user)
    if hasattr(user, "user_permissions"):
        found |= _named(user.user_permissions.using(using))
    if hasattr(user, "groups"):
        found |= _given_by(user.groups.using(using))
    is_asked = user.is_active and "is_superuser" not in found
    return found if not is_asked else found | _asked_of_backends(user)


def _asked_of_backends(user: Any) -> Rights:
    ask: Callable[[], Iterable[str]] = getattr(user, "get_all_permissions", frozenset)
    return frozenset(ask())


def _given_by(groups: Iterable[Group]) -> Rights:
    return _named(_permissions().filter(group__in=[group.pk for group in groups]))


def _flags_of(user: Any) -> Rights:
    return frozenset(flag for flag in FLAGS if getattr(user, flag, False))


def _permissions() -> "QuerySet[Permission]":
    return rows_of(Permission)


def _named(permissions: "QuerySet[Permission]") -> Rights:
    names = permissions.order_by().values_list("content_type__app_label", "codename")
    return frozenset(f"{app}.{name}" for app, name in names)
