"""What has served its time, removed in batches.

Rows are walked once, in the order of their ids, and each batch is a transaction of its
own. A row that another run holds is left to that run, so two at once wait for nothing
and take turns of their own accord.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections, router, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models import Challenge, sessions
from starterkit_core.models import AuditEvent

WEEK = timedelta(days=7)
OURS = "auth."
"""What the actions of our events begin with; the others are not ours to remove."""


@dataclass(frozen=True, slots=True)
class Remains:
    """Rows of one kind that nobody needs any more."""

    name: str
    """The same in every language, for logs and whoever counts."""

    rows: QuerySet[Any]

    def count(self) -> int:
        """Return how many there are."""
        return int(self.rows.count())

    def remove(self, batch_size: int) -> Iterator[int]:
        """Remove them, and yield after each batch how many are gone."""
        removed, place = 0, None
        while True:
            keys = _remove_batch(self.rows, place, batch_size)
            removed += len(keys)
            yield removed
            if len(keys) < batch_size:
                return
            place = keys[-1]


def all_remains() -> list[Remains]:
    """Return what may go now, by kind."""
    now = timezone.now()
    return [
        Remains("sessions", _sessions_over(now - conf.SESSION_RETENTION)),
        Remains("challenges", _challenges_dead(now - conf.CHALLENGE_RETENTION)),
        Remains("events", _events_before(now - conf.EVENT_RETENTION)),
    ]


def is_behind() -> bool:
    """Say whether rows are there that should have gone a week ago or earlier.

    Two questions to an index each; rows that ended early may hide from them.
    """
    then = timezone.now() - WEEK
    challenges = _challenges_dead(then - conf.CHALLENGE_RETENTION)
    over = sessions.model._base_manager.filter(
        expires_at__lt=then - conf.SESSION_RETENTION
    )
    return bool(challenges.exists() or over.exists())


def first_id_at(moment: datetime) -> UUID:
    """Return the least id that a row can have since ``moment`` (RFC 9562, 5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62)


def _sessions_over(since: datetime) -> QuerySet[Any]:
    ended = Q(revoked_at__lt=since)
    ran_out = Q(idle_expires_at__lt=since) | Q(expires_at__lt=since)
    return sessions.model._base_manager.filter(ended | ran_out)


def _challenges_dead(since: datetime) -> QuerySet[Any]:
    return Challenge.objects.filter(link_expires_at__lt=since, expires_at__lt=since)


def _events_before(moment: datetime) -> QuerySet[Any]:
    # By id, which has an index, and which tells the time as well.
    old = AuditEvent.objects.filter(pk__lt=first_id_at(moment))
    return old.filter(action__startswith=OURS)


def _remove_batch(rows: QuerySet[Any], place: Any, size: int) -> list[Any]:
    """Remove the next rows after ``place`` that are free; return their ids."""
    model: type[Model] = rows.model
    alias = router.db_for_write(model)
    skip = connections[alias].features.has_select_for_update_skip_locked
    ahead = rows.using(alias).order_by("pk")
    with transaction.atomic(using=alias):
        if place is not None:
            ahead = ahead.filter(pk__gt=place)
        locked = ahead.select_for_update(skip_locked=skip)
        keys = [*locked.values_list("pk", flat=True)[:size]]
        model._base_manager.using(alias).filter(pk__in=keys).delete()
    return keys
