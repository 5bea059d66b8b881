"""E001: a signing key that is weak."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_auth.conf import conf, signing_keys
from starterkit_core.checks.messages import error
from starterkit_core.checks.production import is_live

KEY_BYTES = 32
"""HMAC-SHA-256 takes a key of at least its own length (RFC 2104, section 3)."""

PLACEHOLDER = "django-insecure"


def check_signing_keys(**kwargs: Any) -> list[CheckMessage]:
    """E001: all keys are checked, because tokens of each are accepted."""
    hint = (
        'Write a new one: python -c "import secrets; print(secrets.token_hex(32))". '
        "STARTERKIT_AUTH['SIGNING_KEYS'] takes the place of SECRET_KEY and its "
        "fallbacks, if you cannot change these."
    )
    return [
        error("starterkit_auth.E001", f"{_name_of(position)} is {problem}.", hint)
        for position, key in enumerate(signing_keys())
        if (problem := _problem_with(key))
    ]


def _name_of(position: int) -> str:
    """Return where in the settings the signing key of this position is written."""
    if conf.SIGNING_KEYS:
        return f"STARTERKIT_AUTH['SIGNING_KEYS'][{position}]"
    return f"SECRET_KEY_FALLBACKS[{position - 1}]" if position else "SECRET_KEY"


def _problem_with(key: str) -> str:
    if len(key.encode()) < KEY_BYTES:
        return f"shorter than {KEY_BYTES} bytes"
    if key.startswith(PLACEHOLDER) and is_live():
        return "the placeholder of a new project"
    return ""
