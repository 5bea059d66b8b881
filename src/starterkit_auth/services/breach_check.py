"""Checks whether a password was in a breach, with the project's ``BREACH_CHECK``.

``BREACH_CHECK`` names a function, or a class without constructor arguments, that takes
the password and returns whether it is known. If that raises, it is logged and the
password is accepted, so that users can still sign up while a source is down.
"""

import logging
from collections.abc import Callable
from inspect import isclass
from time import monotonic
from typing import Any, cast

from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from starterkit_auth.conf import conf
from starterkit_core.utils.pause import Pause

logger = logging.getLogger("starterkit.auth")

LONG = 0.5
"""Seconds after which a source that then fails hangs, rather than being down."""

hanging = Pause(10)
"""The pause after the source has hung, in seconds; passwords pass meanwhile."""


def is_known(password: str) -> bool:
    """Return whether ``BREACH_CHECK`` knows ``password``; False if it is empty."""
    if not conf.BREACH_CHECK:
        return False
    if not hanging.lets_ask():
        logger.warning("auth.breach_check_skipped: the source hangs")
        return False
    began = monotonic()
    try:
        known = bool(_source()(password))
    except Exception as error:  # noqa: BLE001  # a source may raise anything
        if monotonic() - began > LONG:
            hanging.begin()
        # Without the traceback: an error reporter would include the password.
        logger.warning("auth.breach_check_skipped: %s", type(error).__name__)
        return False
    hanging.end()
    return known


def _source() -> Callable[[str], object]:
    source = import_string(conf.BREACH_CHECK)
    return cast("Callable[[str], object]", source() if isclass(source) else source)


def _ask_again(**kwargs: Any) -> None:
    """End the pause, as another source may be set."""
    hanging.end()


setting_changed.connect(_ask_again, dispatch_uid="starterkit_auth.ask_again")
