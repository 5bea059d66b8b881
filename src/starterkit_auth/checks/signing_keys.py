"""E001: a signing key that is weak."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_auth.conf import signing_keys
from starterkit_core.checks.messages import error
from starterkit_core.checks.production import is_live

KEY_BYTES = 32
"""HMAC-SHA-256 takes a key of at least its own length (RFC 2104, section 3)."""

PLACEHOLDER = "django-insecure"


def check_signing_keys(**kwargs: Any) -> list[CheckMessage]:
    """E001: all keys are checked, because tokens of each are accepted."""
    return [
        error(
            "starterkit_auth.E001",
            f"Signing key number {number} is {problem}.",
            'Generate one: python -c "import secrets; print(secrets.token_hex(32))".',
        )
        for number, key in enumerate(signing_keys(), start=1)
        if (problem := _problem_with(key))
    ]


def _problem_with(key: str) -> str:
    if len(key.encode()) < KEY_BYTES:
        return f"shorter than {KEY_BYTES} bytes"
    if key.startswith(PLACEHOLDER) and is_live():
        return "the placeholder of a new project"
    return ""
