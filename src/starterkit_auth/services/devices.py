"""Which devices an account has been used from, according to its sessions."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from starterkit_auth.models import AbstractSession, session_model
from starterkit_core.db._statements import Tally, tally

VERSIONS = re.compile(r"[\d._]+")
"""Version numbers in the name of a program or system: updates change them."""

COLUMNS = ("device_name", "platform", "user_agent")

Traits = tuple[str, str, str]
"""Device name, platform and user agent, as the client sent them; no proof."""


def of(user_id: Any, now: datetime) -> dict[tuple[Any, ...], Tally]:
    """Return the traits of every device, with how many live sessions it has, and all.

    Ended sessions are included until they are deleted: after ``SESSION_RETENTION``, or
    beyond ``MAX_ENDED_SESSIONS``. A device that has none left counts as new. One query.
    """
    live = {"idle_expires_at__gt": now, "expires_at__gt": now, "revoked_at": None}
    return tally(session_model(), {"user_id": user_id}, COLUMNS, live)


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
