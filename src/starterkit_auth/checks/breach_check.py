"""E005: the source of breached passwords."""

from typing import Any

from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from starterkit_auth.conf import conf
from starterkit_core.checks.messages import error


def check_breach_source(**kwargs: Any) -> list[CheckMessage]:
    """E005: a source that fails accepts every password."""
    path = conf.BREACH_CHECK
    try:
        callable_ = not path or callable(import_string(path))
    except ImportError:
        callable_ = False
    if callable_:
        return []
    text = f"STARTERKIT_AUTH['BREACH_CHECK'] is {path!r}, which cannot be called."
    hint = "Set it to the path of a function or class, such as "
    example = "'starterkit_auth.services.pwned_passwords.PwnedPasswords'."
    return [error("starterkit_auth.E005", text, hint + example)]
