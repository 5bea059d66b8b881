"""The checks of ``/readyz``, besides core's own: what else a project depends on.

Registered in ``AppConfig.ready()``. A check is named in the details and in the log; it
decides about the answer only if ``STARTERKIT_CORE["READY_REQUIRES"]`` names it.
"""

from collections.abc import Callable

Check = Callable[[], None]
"""Returns None if all is well and raises otherwise; runs in a thread of its own.

It should give up by itself within four seconds, which is when it counts as hanging.
"""


class Unhealthy(Exception):
    """What is wrong, for the details of ``/readyz``; of any other error the class is.

    So its text must hold no secret and no personal data.
    """


_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add ``check``; one with the same name is replaced, and so is one of core's."""
    _checks[name] = check


def unregister(name: str) -> None:
    """Remove the check called ``name``; of core's own, the original is back."""
    _checks.pop(name, None)


def registered() -> dict[str, Check]:
    """Return all checks that were registered, by name."""
    return dict(_checks)
