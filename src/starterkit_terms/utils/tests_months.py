"""Months after a moment."""

from datetime import UTC, datetime

import pytest

from starterkit_terms.utils.months import months_later


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2026, 1, 15), 1, (2026, 2, 15)),
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2028, 1, 31), 1, (2028, 2, 29)),
        ((2026, 12, 1), 1, (2027, 1, 1)),
        ((2026, 11, 30), 24, (2028, 11, 30)),
    ],
)
def test_is_the_same_day_or_the_last_of_the_month(start, months, end):
    moment = datetime(*start, 12, 30, tzinfo=UTC)

    assert months_later(moment, months) == datetime(*end, 12, 30, tzinfo=UTC)
