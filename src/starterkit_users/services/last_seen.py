"""When users were last here: at most one UPDATE for each user and window.

Most requests end at a comparison: the user who was read has the moment. After a window
the cache lets one request through, and of those that pass it nevertheless, as while it
is down, the condition of the UPDATE lets one change the row.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import DateTimeField, Q
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.errors import ServiceUnavailable
from starterkit_core.ports import presence
from starterkit_core.services.limits import cache_that_may_be_down
from starterkit_users.conf import conf

COLUMN = "last_seen_at"


def has_column() -> bool:
    """Return whether the user model has the moment, as ours does."""
    fields = {field.name: field for field in get_user_model()._meta.concrete_fields}
    return isinstance(fields.get(COLUMN), DateTimeField)


class LastSeen:
    """Keeps ``last_seen_at`` of the user model."""

    name = "last_seen"

    def is_due(self, user: AbstractBaseUser) -> bool:
        """Return whether a window has passed since the user was last seen."""
        if not conf.LAST_SEEN_WINDOW or not isinstance(user, get_user_model()):
            return False
        seen = vars(user).get(COLUMN)  # a column that was deferred is not read for this
        return seen is None or timezone.now() - seen >= conf.LAST_SEEN_WINDOW

    def note(self, user: AbstractBaseUser) -> None:
        """Save the moment, unless another request does or has."""
        if not _is_first(user):
            return
        now = timezone.now()
        if _save(user.pk, now):
            setattr(user, COLUMN, now)


def _is_first(user: AbstractBaseUser) -> bool:
    """Return whether no other request of the user came first in this window."""
    key = f"starterkit:seen:{user.pk}"
    try:
        with cache_that_may_be_down() as cache:
            return bool(cache.add(key, 1, conf.LAST_SEEN_WINDOW.total_seconds()))
    except ServiceUnavailable:
        return True


def _save(key: Any, now: datetime) -> bool:
    before = Q(last_seen_at=None) | Q(last_seen_at__lte=now - conf.LAST_SEEN_WINDOW)
    rows = rows_of(get_user_model()).filter(before, pk=key)
    return bool(rows.update(**{COLUMN: now}))


def register() -> None:
    """Register the observer in core's port, if the user model has the column."""
    if has_column():
        presence.register(LastSeen())
