"""Checks whether a password was in a breach, with the project's ``BREACH_CHECK``.

``BREACH_CHECK`` names a function, or a class without constructor arguments, that takes
the password and returns whether it is known. If that raises, it is logged and the
password is accepted, so that users can still sign up while a source is down.
"""

import logging
from collections.abc import Callable
from inspect import isclass
from typing import cast

from django.utils.module_loading import import_string

from starterkit_auth.conf import conf

logger = logging.getLogger("starterkit.auth")


def is_known(password: str) -> bool:
    """Return whether ``BREACH_CHECK`` knows ``password``; False if it is empty."""
    if not conf.BREACH_CHECK:
        return False
    try:
        return bool(_source()(password))
    except Exception as error:  # noqa: BLE001  # a source may raise anything
        # Without the traceback: an error reporter would include the password.
        logger.warning("auth.breach_check_skipped: %s", type(error).__name__)
        return False


def _source() -> Callable[[str], object]:
    source = import_string(conf.BREACH_CHECK)
    return cast("Callable[[str], object]", source() if isclass(source) else source)
