"""How many users have accepted a version, refused it or not decided yet.

Read from the states: one row for each user and document, about the last act. Every
question goes along an index and stops after ``MOST`` rows, or looks at ``DAYS`` days.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractVersion,
    ConsentState,
    version_model,
)

MOST = 100_000
"""No more rows are counted: 100,000 stands for so many, or more."""

DAYS = 30

_Action = AbstractAcceptance.Action
AGREED = AbstractAcceptance.STANDING
DECLINED = (_Action.REFUSED, _Action.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How many users had their last act about a version on this day."""

    day: date
    agreed: int
    declined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Numbers of users, ``MOST`` at most."""

    agreed: int
    declined: int
    pending: int | None
    """Who must accept the version and did not decide; None if it asks no user now.

    None for an audience, too: no query says who belongs to it.
    """

    more_pending: bool
    """Whether there may be more: of ``MOST`` users, not all were counted."""

    median: timedelta | None
    """From when it takes effect to the acceptance; None without one."""

    days: Sequence[Day]
    """The last ``DAYS`` days, the earliest first; in UTC, or local without USE_TZ."""


def statistics_of(version: AbstractVersion, at: datetime) -> Statistics:
    """Return the numbers of a version; nine queries at most."""
    agreed, declined = _states(version, AGREED), _states(version, DECLINED)
    number = _count(agreed)
    pending, more_pending = _pending(version, at)
    return Statistics(
        agreed=number,
        declined=_count(declined),
        pending=pending,
        more_pending=more_pending,
        median=_median(version, agreed, number),
        days=_days(version, at),
    )


def _states(version: AbstractVersion, actions: Sequence[str]) -> "QuerySet[Any]":
    rows = rows_of(ConsentState).filter(document=version.document_id)
    return rows.filter(action__in=actions, number=version.number)


def _count(rows: "QuerySet[Any]") -> int:
    return rows.order_by()[:MOST].count()


def _pending(version: AbstractVersion, at: datetime) -> tuple[int | None, bool]:
    """Return how many users must decide on this version or a later one, and did not.

    And whether there may be more of them.
    """
    if version.document.audience or not _asks(version, at):
        return None, False
    rows = rows_of(ConsentState).filter(document=version.document_id)
    decided = rows.filter(action__in=(*AGREED, *DECLINED), number__gte=version.number)
    users = _count(rows_of(get_user_model()))
    return max(users - _count(decided), 0), users >= MOST


def _asks(version: AbstractVersion, at: datetime) -> bool:
    """Return whether it has taken effect, and is the last that must be accepted."""
    active = version.ChangeClass.ACTIVE
    effective = version_model().objects.effective(at).filter(change_class=active)
    latest = effective.filter(document=version.document_id).order_by("-number").first()
    return bool(version.document.mandatory and latest and latest.pk == version.pk)


def _median(
    version: AbstractVersion, agreed: "QuerySet[Any]", number: int
) -> timedelta | None:
    """Return the median time; of the first ``MOST`` acts if there are more."""
    if not number or version.effective_at is None:
        return None
    moments = agreed.order_by("happened_at").values_list("happened_at", flat=True)
    middle = [*moments[(number - 1) // 2 : number // 2 + 1]]
    times = [max(it - version.effective_at, timedelta()) for it in middle]
    return sum(times, timedelta()) / len(times) if times else None


def _days(version: AbstractVersion, at: datetime) -> list[Day]:
    # In UTC: MariaDB and MySQL may have no tables of time zones.
    zone = UTC if timezone.is_aware(at) else None
    today = (at.astimezone(zone) if zone else at).date()
    first = today - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time.min, tzinfo=zone)
    rows = _states(version, (*AGREED, *DECLINED)).filter(happened_at__gte=since)
    by_day = rows.annotate(day=TruncDate("happened_at", tzinfo=zone)).order_by()
    numbers: Counter[tuple[date, bool]] = Counter()
    for day, action, number in by_day.values_list("day", "action").annotate(
        number=Count("pk")
    ):
        numbers[day, action in AGREED] += number
    return [
        Day(day=day, agreed=numbers[day, True], declined=numbers[day, False])
        for day in (first + timedelta(days=past) for past in range(DAYS))
    ]
