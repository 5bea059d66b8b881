"""Whether a password is known from a breach: asked of a source of the project's choice.

``BREACH_CHECK`` names a function, or a class made without arguments, that takes the
password and says whether it is known. A source that fails is logged and the password
passes: that nobody can sign up while it is down would be worse.
"""

import logging
from collections.abc import Callable
from inspect import isclass
from typing import cast

from django.utils.module_loading import import_string

from starterkit_auth.conf import conf

logger = logging.getLogger("starterkit.auth")


def is_known(password: str) -> bool:
    """Say whether the source of the project knows ``password``; without one, no."""
    if not conf.BREACH_CHECK:
        return False
    try:
        return bool(_source()(password))
    except Exception as error:  # noqa: BLE001  # a source fails with whatever it likes
        # Without the traceback: a reporter would read the password in its frames.
        logger.warning("auth.breach_check_skipped: %s", type(error).__name__)
        return False


def _source() -> Callable[[str], object]:
    source = import_string(conf.BREACH_CHECK)
    return cast("Callable[[str], object]", source() if isclass(source) else source)
