"""Which devices an account has been used from, as far as their sessions tell."""

import re

from starterkit_auth.models import AbstractSession, sessions
from starterkit_core.services.compiled_statements import distinct

VERSIONS = re.compile(r"[\d._]+")
"""What an update changes in the name of a program or system."""

COLUMNS = ("device_name", "platform", "user_agent")

Traits = tuple[str, str, str]
"""How a device names itself, its system and its program; nothing of it is proof."""


def is_new(session: AbstractSession) -> bool:
    """Say whether no session of the account came from such a device before.

    An account without any is new itself, so its first device is nothing to tell.
    Updated programs stay who they are, and sessions that ended count until they are
    purged. One query.
    """
    former = {"user_id": session.user_id, "created_at__lt": session.created_at}
    known = {_traits(*row) for row in distinct(sessions.model, former, COLUMNS)}
    this = _traits(session.device_name, session.platform, session.user_agent)
    return bool(known) and this not in known


def _traits(device_name: str, platform: str, user_agent: str) -> Traits:
    named = device_name.casefold()
    return named, _without_version(platform), _without_version(user_agent)


def _without_version(text: str) -> str:
    return VERSIONS.sub("", text.casefold())
