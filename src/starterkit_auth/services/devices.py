"""Which devices an account has been used from, according to its sessions."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import router
from django.db.models import Count, Q

from starterkit_auth.models import AbstractSession, session_model

VERSIONS = re.compile(r"[\d._]+")
"""Version numbers in the name of a program or system: updates change them."""

COLUMNS = ("device_name", "platform", "user_agent")

Traits = tuple[str, str, str]
"""Device name, platform and user agent, as the client sent them; no proof."""


def of(user_id: Any, now: datetime) -> dict[Traits, int]:
    """Return the traits of every device, with how many live sessions it has.

    Ended sessions are included until they are purged. One query.
    """
    live = Q(idle_expires_at__gt=now, expires_at__gt=now, revoked_at=None)
    model = session_model()
    # The primary: a session opened a moment ago counts.
    rows = model._base_manager.using(router.db_for_write(model)).filter(user_id=user_id)
    # No column that a host may add has "__" in its name.
    counted = (
        rows.order_by()
        .values_list(*COLUMNS)
        .annotate(live__count=Count("pk", filter=live))
    )
    return {(device, system, program): n for device, system, program, n in counted}


def is_new(session: AbstractSession, former: Iterable[tuple[Any, ...]]) -> bool:
    """Return whether the device of ``session`` is not among the ``former`` traits.

    False for the first device of an account, which needs no notice. Version numbers
    are ignored, so that an update does not make a device new.
    """
    known = {_traits(*traits) for traits in former}
    this = _traits(session.device_name, session.platform, session.user_agent)
    return bool(known) and this not in known


def _traits(device_name: str, platform: str, user_agent: str) -> Traits:
    name = device_name.casefold()
    return name, _without_version(platform), _without_version(user_agent)


def _without_version(text: str) -> str:
    return VERSIONS.sub("", text.casefold())
