"""Which devices an account has been used from, as far as their sessions tell."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from starterkit_auth.models import AbstractSession, session_model

VERSIONS = re.compile(r"[\d._]+")
"""What an update changes in the name of a program or system."""

COLUMNS = ("device_name", "platform", "user_agent")

Traits = tuple[str, str, str]
"""How a device names itself, its system and its program; nothing of it is proof."""


def of(user_id: Any, now: datetime) -> dict[Traits, int]:
    """Return the traits of every device, with how many live sessions it has.

    Sessions that ended tell until they are purged. One query.
    """
    live = Q(idle_expires_at__gt=now, expires_at__gt=now, revoked_at=None)
    rows = session_model()._base_manager.filter(user_id=user_id).order_by()
    # No column that a host may add has "__" in its name.
    counted = rows.values_list(*COLUMNS).annotate(live__count=Count("pk", filter=live))
    return {(device, system, program): n for device, system, program, n in counted}


def is_new(session: AbstractSession, former: Iterable[tuple[Any, ...]]) -> bool:
    """Say whether no device with one of these traits can be the one of ``session``.

    An account without any is new itself, so its first device is nothing to tell.
    Updated programs stay who they are.
    """
    known = {_traits(*traits) for traits in former}
    this = _traits(session.device_name, session.platform, session.user_agent)
    return bool(known) and this not in known


def _traits(device_name: str, platform: str, user_agent: str) -> Traits:
    named = device_name.casefold()
    return named, _without_version(platform), _without_version(user_agent)


def _without_version(text: str) -> str:
    return VERSIONS.sub("", text.casefold())
