"""W006: local time in the database, where the clocks change."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.checks import CheckMessage
from django.utils import timezone

from starterkit_core.checks.messages import warning

MONTH = timedelta(days=30)


def check_local_time(**kwargs: Any) -> list[CheckMessage]:
    """Find a project without ``USE_TZ`` whose local time has an hour twice."""
    if timezone.is_aware(timezone.now()) or not _clocks_change():
        return []
    text = (
        "USE_TZ is False, and the clocks of TIME_ZONE change, so in the night of a "
        "change, codes and sessions last up to an hour longer or shorter than they "
        "should."
    )
    hint = 'Set USE_TZ = True, or TIME_ZONE = "UTC".'
    return [warning("starterkit_core.W006", text, hint)]


def _clocks_change() -> bool:
    """Return whether the offset from UTC changes within the coming year."""
    now = datetime.now(UTC)
    months = (now + number * MONTH for number in range(13))
    return len({month.astimezone().utcoffset() for month in months}) > 1
