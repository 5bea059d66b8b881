"""W030: more password hashes at once than processor cores."""

import os
from typing import Any

from django.core.checks import CheckMessage

from starterkit_auth.conf import conf
from starterkit_core.checks.messages import warning


def check_hashes_at_once(**kwargs: Any) -> list[CheckMessage]:
    """W030: hashes that share a core all take longer, and other requests with them."""
    at_once, cores = conf.HASHES_AT_ONCE, os.cpu_count() or 1
    if at_once <= cores:
        return []
    text = f"One process may hash {at_once} passwords at once, on {cores} cores."
    hint = (
        "Set STARTERKIT_AUTH['HASHES_AT_ONCE'] to the number of processor cores "
        "divided by that of server processes, or remove it."
    )
    return [warning("starterkit_auth.W030", text, hint)]
