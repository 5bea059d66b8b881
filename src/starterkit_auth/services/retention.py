"""Expired sessions, challenges and events: which rows may be deleted now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models import Challenge, PendingRegistration, session_model
from starterkit_auth.services.events import ACTION_PREFIX
from starterkit_core.db.databases import accounts_database, rows_of
from starterkit_core.models import AuditEvent

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Expired:
    """Rows of one kind that may be deleted."""

    name: str
    """Not translated, because scripts read it in logs."""

    rows: QuerySet[Any]

    def count(self) -> int:
        """Return the number of rows."""
        return int(self.rows.count())

    def lock(self, after: Any, size: int) -> list[Any]:
        """Return the ids of the next rows after id ``after``, locked.

        Rows that another transaction has locked are skipped, if the database can.
        """
        features = connections[accounts_database()].features
        rows = self.rows.order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        skips = features.has_select_for_update_skip_locked
        locked = rows.select_for_update(skip_locked=skips)
        return [*locked.values_list("pk", flat=True)[:size]]

    def delete(self, keys: list[Any]) -> None:
        """Delete the rows with these ids."""
        model: type[Model] = self.rows.model
        rows_of(model).filter(pk__in=keys).delete()


def all_expired() -> list[Expired]:
    """Return what may be deleted now, by kind."""
    now = timezone.now()
    return [
        Expired("sessions", _sessions_over(now - conf.SESSION_RETENTION)),
        Expired("challenges", _challenges_dead(now - conf.CHALLENGE_RETENTION)),
        Expired("pending registrations", _registrations_dead(now)),
        Expired("events", _events_before(now - conf.EVENT_RETENTION)),
    ]


def is_behind() -> bool:
    """Return whether rows should have been deleted a week ago or earlier.

    Three indexed queries; they do not find sessions that ended before they expired.
    """
    week_ago = timezone.now() - WEEK
    challenges = _challenges_dead(week_ago - conf.CHALLENGE_RETENTION)
    sessions = rows_of(session_model()).filter(
        expires_at__lt=week_ago - conf.SESSION_RETENTION
    )
    registrations = _registrations_dead(week_ago)
    return any(rows.exists() for rows in (challenges, sessions, registrations))


def first_id_at(moment: datetime) -> UUID:
    """Return the lowest UUIDv7 that a row can get at ``moment`` (RFC 9562, 5.7)."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62)


def _sessions_over(since: datetime) -> QuerySet[Any]:
    ended = Q(revoked_at__lt=since)
    ran_out = Q(idle_expires_at__lt=since) | Q(expires_at__lt=since)
    return rows_of(session_model()).filter(ended | ran_out)


def _challenges_dead(since: datetime) -> QuerySet[Any]:
    return Challenge.objects.filter(link_expires_at__lt=since, expires_at__lt=since)


def _registrations_dead(since: datetime) -> QuerySet[Any]:
    # Not kept any longer: they are data of people who have no account.
    return PendingRegistration.objects.filter(
        link_expires_at__lt=since, expires_at__lt=since
    )


def _events_before(moment: datetime) -> QuerySet[Any]:
    # By id, which is indexed and contains the time.
    old = AuditEvent.objects.filter(pk__lt=first_id_at(moment))
    return old.filter(action__startswith=ACTION_PREFIX)
