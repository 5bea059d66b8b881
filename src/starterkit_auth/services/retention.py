"""Expired sessions, challenges and events: which rows may be deleted now."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import ProtectedError, Q, QuerySet, RestrictedError
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models import (
    Challenge,
    Impersonation,
    PendingRegistration,
    session_model,
)
from starterkit_auth.services.events import ACTION_PREFIX
from starterkit_core.db.databases import rows_of
from starterkit_core.db.expired import Expired, locked
from starterkit_core.models import AuditEvent
from starterkit_core.ports import retention

WEEK = timedelta(days=7)

SLACK = 20
"""How many ended sessions more than allowed wait to be deleted together."""

AT_ONCE = 500
"""How many ended sessions one sign-in deletes at most."""


def register() -> None:
    """Register these rows at core's ``retention`` port."""
    retention.register("starterkit_auth", all_expired)


def all_expired() -> list[Expired]:
    """Return what may be deleted now, by kind."""
    return [
        _expired("sessions", _sessions_over, conf.SESSION_RETENTION),
        _expired("challenges", _challenges_dead, conf.CHALLENGE_RETENTION),
        _expired("pending registrations", _registrations_dead, timedelta(0)),
        _expired("events", _events, conf.EVENT_RETENTION),
        _expired("impersonations", _impersonations_over, conf.SESSION_RETENTION),
    ]


def _expired(
    name: str, over_since: Callable[[datetime], QuerySet[Any]], kept: timedelta
) -> Expired:
    since = timezone.now() - kept
    return Expired.since(name, over_since(since), since)


def delete_oldest(user: AbstractBaseUser, number: int) -> None:
    """Delete the oldest ended sessions of ``user``, ``AT_ONCE`` of them at most.

    None where a model of the host protects one of them.
    """
    ended = _sessions_over(timezone.now()).filter(user_id=user.pk)
    # By the time, because an index on it is missing: with the id, PostgreSQL might look
    # for the sessions of this user among those of all.
    keys = locked(ended.order_by("created_at", "pk"), min(number, AT_ONCE))
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


def _sessions_over(since: datetime) -> QuerySet[Any]:
    ended = Q(revoked_at__lt=since)
    ran_out = Q(idle_expires_at__lt=since) | Q(expires_at__lt=since)
    return rows_of(session_model()).filter(ended | ran_out)


def _impersonations_over(since: datetime) -> QuerySet[Any]:
    return Impersonation.objects.filter(expires_at__lt=since)


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
