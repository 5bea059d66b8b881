"""Accounts that have not been used for a long time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from starterkit_users.conf import conf
from starterkit_users.models import Status
from starterkit_users.services import lifecycle, user_rows

USES = ("last_seen_at", "last_login", "created_at", "date_joined")
"""Columns that tell when an account was used; a user model has some of them."""

BATCH_SIZE = 500

SPARED = ("is_staff", "is_superuser")
"""Columns of administrators, whose accounts no policy ends."""


def has_policy() -> bool:
    """Return whether the project has a policy, and the user model its columns."""
    return bool(conf.DORMANT_AFTER) and lifecycle.has_status()


def states() -> tuple[Status, ...]:
    """Return the states that the policy ends."""
    if conf.DORMANT_ACT == "erase":
        return (Status.ACTIVE, Status.DEACTIVATED)
    return (Status.ACTIVE,)


def last_use(user: Any) -> datetime:
    """Return when the account was last used, or else made."""
    moments = (getattr(user, name, None) for name in USES)
    latest: datetime = max(moment for moment in moments if moment is not None)
    return latest


def is_concerned(user: Any) -> bool:
    """Return whether the policy is about this account, by its state and its rights."""
    is_spared = any(getattr(user, flag, False) for flag in SPARED)
    return not is_spared and lifecycle.status_of(user) in states()


def is_due_to_warn(user: Any) -> bool:
    """Return whether the owner should be warned: not since the last use."""
    used, now = last_use(user), timezone.now()
    if used > now - conf.DORMANT_AFTER + conf.DORMANT_WARNING:
        return False
    return user.dormancy_warned_at is None or user.dormancy_warned_at <= used


def is_dormant(user: Any) -> bool:
    """Return whether it is time to act: the owner was warned long enough ago."""
    used, warned, now = last_use(user), user.dormancy_warned_at, timezone.now()
    if warned is None or warned <= used:
        return False
    was_heard = warned <= now - conf.DORMANT_WARNING
    return was_heard and used <= now - conf.DORMANT_AFTER


def candidates() -> Iterator[str]:
    """Yield the ids of accounts to look at, read in batches by id."""
    users, last = _unused(), None
    while True:
        rows = users if last is None else users.filter(pk__gt=last)
        keys = [*rows.values_list("pk", flat=True)[:BATCH_SIZE]]
        yield from map(str, keys)
        if len(keys) < BATCH_SIZE:
            return
        last = keys[-1]


def _unused() -> "QuerySet[Any]":
    """Return the accounts that were not used since the time of a warning."""
    before = timezone.now() - conf.DORMANT_AFTER + conf.DORMANT_WARNING
    columns = {field.name for field in get_user_model()._meta.concrete_fields}
    condition = Q(status__in=states())
    for name in columns.intersection(USES):
        condition &= Q((f"{name}__lte", before)) | Q((f"{name}__isnull", True))
    for flag in columns.intersection(SPARED):
        condition &= Q((flag, False))
    return user_rows.all_users().filter(condition).order_by("pk")
