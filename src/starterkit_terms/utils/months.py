"""Months after a moment."""

import calendar
from datetime import datetime


def months_later(moment: datetime, months: int) -> datetime:
    """Return the same day and time so many months later.

    The last day of a shorter month stands for a day that it lacks.

    >>> months_later(datetime(2026, 1, 31), 1).day
    28
    """
    years, index = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, index + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
