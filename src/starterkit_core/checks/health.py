"""W050: what ``/readyz`` requires is a check that there is."""

from difflib import get_close_matches
from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import warning
from starterkit_core.conf import conf
from starterkit_core.health.checks import all_checks


def check_required(**kwargs: Any) -> list[CheckMessage]:
    """Find names in ``READY_REQUIRES`` that no check has."""
    known = all_checks()
    return [
        warning(
            "starterkit_core.W050",
            f"STARTERKIT_CORE['READY_REQUIRES']: there is no check {name!r}.",
            _hint(name, list(known)),
        )
        for name in sorted(set(conf.READY_REQUIRES) - known.keys())
    ]


def _hint(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    meant = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
    return f"{meant} A check of yours is registered in ready() of an AppConfig."
