from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from .moments import as_stored, as_utc, between, iso

LOCAL = datetime.fromisoformat("2026-07-01T12:00")
"""Noon in Berlin, as Django stores it without time zones."""

SAME = datetime(2026, 7, 1, 10, tzinfo=UTC)


@pytest.fixture
def naive(settings):
    """Store the local time of Berlin, where the clocks change."""
    settings.USE_TZ = False
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.mark.usefixtures("naive")
@pytest.mark.parametrize(
    ("stored", "utc"),
    [
        ("2026-01-01T12:00", "2026-01-01T11:00:00Z"),
        ("2026-07-01T12:00", "2026-07-01T10:00:00Z"),
        ("2026-07-01T12:00:00.000005", "2026-07-01T10:00:00.000005Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),  # the first of two
        ("2026-07-01T12:00+05:00", "2026-07-01T07:00:00Z"),
    ],
)
def test_local_time_is_written_in_utc(stored, utc):
    assert iso(datetime.fromisoformat(stored)) == utc


@pytest.mark.usefixtures("naive")
def test_the_second_of_an_hour_that_the_clocks_repeat_is_told_by_its_fold():
    second = datetime.fromisoformat("2026-10-25T02:30").replace(fold=1)

    assert iso(second) == "2026-10-25T01:30:00Z"


@pytest.mark.usefixtures("naive")
def test_now_is_now_without_time_zones():
    before = datetime.now(UTC)

    now = as_utc(timezone.now())

    assert before <= now <= datetime.now(UTC)


@pytest.mark.usefixtures("naive")
def test_without_time_zones_local_time_is_stored():
    assert as_stored(SAME) == LOCAL
    assert as_stored(LOCAL) == LOCAL


def test_with_time_zones_a_moment_is_stored_with_one(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    assert as_stored(LOCAL) == SAME
    assert as_stored(SAME) == SAME


def test_a_moment_ahead_is_as_far_away_as_one_that_is_past():
    hour = timedelta(hours=1)

    assert between(LOCAL - hour, LOCAL) == between(LOCAL + hour, LOCAL) == hour
