"""Expired sessions, challenges and events: which rows may be deleted now.

What ended before a moment began before it, and ids contain the time. So only rows with
an older id are looked at: without that bound, the last batch of each run would read all
rows that are to stay. No statement looks at more than ``LOOKED_AT`` of them, so that it
ends within the longest time that a statement may take, however few are over.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connections
from django.db.models import Model, ProtectedError, Q, QuerySet, RestrictedError
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models import Challenge, PendingRegistration, session_model
from starterkit_auth.services.events import ACTION_PREFIX
from starterkit_core.db.databases import accounts_database, rows_of
from starterkit_core.models import AuditEvent

WEEK = timedelta(days=7)

SLACK = 20
"""How many ended sessions more than allowed wait to be deleted together."""

AT_ONCE = 500
"""How many ended sessions one sign-in deletes at most."""

LOOKED_AT = 50_000
"""How many rows one statement of a purge looks at."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Rows of one kind that may be deleted."""

    name: str
    """Not translated, because scripts read it in logs."""

    rows: QuerySet[Any]

    among: QuerySet[Any]
    """All rows that began early enough to be over."""

    def count(self) -> int:
        """Return the number of rows."""
        return int(self.rows.count())

    def lock(self, after: Any, size: int) -> tuple[list[Any], Any]:
        """Return ids of rows after id ``after``, locked, and where to go on.

        That is the last id that was looked at; None if there are no further rows. Rows
        that another transaction has locked are skipped, if the database can.
        """
        rows, among = self.rows.order_by("pk"), self.among.order_by("pk")
        if after is not None:
            rows, among = rows.filter(pk__gt=after), among.filter(pk__gt=after)
        end = among.values_list("pk", flat=True)[LOOKED_AT - 1 : LOOKED_AT].first()
        keys = _locked(rows if end is None else rows.filter(pk__lte=end), size)
        return keys, keys[-1] if len(keys) == size else end

    def delete(self, keys: list[Any]) -> None:
        """Delete the rows with these ids."""
        model: type[Model] = self.rows.model
        rows_of(model).filter(pk__in=keys).delete()


def _locked(rows: QuerySet[Any], size: int) -> list[Any]:
    features = connections[accounts_database()].features
    skips = features.has_select_for_update_skip_locked
    locked = rows.select_for_update(skip_locked=skips)
    return [*locked.values_list("pk", flat=True)[:size]]


def all_expired() -> list[Expired]:
    """Return what may be deleted now, by kind."""
    return [
        _expired("sessions", _sessions_over, conf.SESSION_RETENTION),
        _expired("challenges", _challenges_dead, conf.CHALLENGE_RETENTION),
        _expired("pending registrations", _registrations_dead, timedelta(0)),
        _expired("events", _events, conf.EVENT_RETENTION),
    ]


def _expired(
    name: str, over_since: Callable[[datetime], QuerySet[Any]], kept: timedelta
) -> Expired:
    since = timezone.now() - kept
    began = Q(pk__lt=first_id_at(since))
    rows = over_since(since).filter(began)
    return Expired(name, rows, rows_of(rows.model).filter(began))


def delete_oldest(user: AbstractBaseUser, number: int) -> None:
    """Delete the oldest ended sessions of ``user``, ``AT_ONCE`` of them at most.

    None where a model of the host protects one of them.
    """
    ended = _sessions_over(timezone.now()).filter(user_id=user.pk)
    # By the time, because an index on it is missing: with the id, PostgreSQL might look
    # for the sessions of this user among those of all.
    keys = _locked(ended.order_by("created_at", "pk"), min(number, AT_ONCE))
    with suppress(ProtectedError, RestrictedError):
        rows_of(session_model()).filter(pk__in=keys).delete()


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


def _events(_since: datetime) -> QuerySet[Any]:
    # They are over at once, so the id alone tells which are old.
    return AuditEvent.objects.filter(action__startswith=ACTION_PREFIX)
