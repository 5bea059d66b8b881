"""Moments as Django stores them in this project, and as the API shows them.

With ``USE_TZ`` every datetime of Django is aware. Without it they are naive: the local
time of ``TIME_ZONE``. Compare stored moments with ``timezone.now()``, which is of the
same kind; convert with these functions whatever comes in or goes out.
"""

from datetime import UTC, datetime, timedelta

from django.utils import timezone


def as_utc(moment: datetime) -> datetime:
    """Return a stored moment as an aware datetime in UTC."""
    # Without a zone it is local time, as datetime.now() is: Django sets the process to
    # TIME_ZONE. Of an hour that the clocks repeat, ``fold`` says which one is meant.
    return moment.astimezone(UTC)


def as_stored(moment: datetime) -> datetime:
    """Return ``moment`` as Django stores it.

    If naive, it is in the current time zone.
    """
    if timezone.is_aware(timezone.now()):
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    local = moment if timezone.is_naive(moment) else moment.astimezone()
    return local.replace(tzinfo=None)


def between(one: datetime, other: datetime) -> timedelta:
    """Return the time between two stored moments, in any order.

    So a moment that lies ahead, because clocks were set back, does not count as recent.
    """
    return abs(one - other)


def iso(moment: datetime) -> str:
    """Return a stored moment as text, in UTC, such as ``2026-11-26T10:04:50Z``."""
    return as_utc(moment).isoformat().removesuffix("+00:00") + "Z"
