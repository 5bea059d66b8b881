"""System checks of this app.

E001  an authenticator in AUTHENTICATION_CLASSES cannot be imported, or is none
"""

from typing import Any

from django.core.checks import CheckMessage, register
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication

from starterkit_core.checks.messages import error
from starterkit_terms.conf import conf


@register("starterkit")
def check_authenticators(**kwargs: Any) -> list[CheckMessage]:
    """E001: otherwise the first request to accept would find out."""
    text = "STARTERKIT_TERMS['AUTHENTICATION_CLASSES'] names {!r}, no authenticator."
    hint = "Name a class such as 'rest_framework.authentication.SessionAuthentication'."
    return [
        error("starterkit_terms.E001", text.format(path), hint)
        for path in conf.AUTHENTICATION_CLASSES
        if not _is_authenticator(path)
    ]


def _is_authenticator(path: str) -> bool:
    try:
        found = import_string(path)
    except ImportError:
        return False
    return isinstance(found, type) and issubclass(found, BaseAuthentication)
