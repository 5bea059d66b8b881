"""System checks of this app.

E001  a signing key is short, or the placeholder of a new project
E002  the cookie travels without HTTPS outside of DEBUG
E003  the cookie is for other sites, but not for HTTPS
E004  the user model has no field for an e-mail address
E005  the source of breached passwords cannot be called
W001  DRF does not ask our authenticator by default
W002  outside of DEBUG the rate limits count in the memory of one process
W003  what ``auth_purge`` should have removed is still there
"""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string
from rest_framework.settings import api_settings

from starterkit_auth.authentication import SessionAuthentication
from starterkit_auth.conf import conf, debugging, signing_keys
from starterkit_auth.services import retention
from starterkit_core.checks.messages import error, warning
from starterkit_core.conf import conf as core_conf

TAG = "starterkit"
KEY_BYTES = 32
"""HMAC-SHA-256 takes a key of at least its own length (RFC 2104, section 3)."""

PLACEHOLDER = "django-insecure"


@register(TAG)
def check_signing_keys(**kwargs: Any) -> list[CheckMessage]:
    """E001: every key of the ring, for each of them verifies."""
    return [
        error(
            "starterkit_auth.E001",
            f"Signing key number {number} is {problem}.",
            'Take a new one: python -c "import secrets; print(secrets.token_hex(32))".',
        )
        for number, key in enumerate(signing_keys(), start=1)
        if (problem := _problem_with(key))
    ]


@register(TAG)
def check_cookie(**kwargs: Any) -> list[CheckMessage]:
    """E002 and E003: attributes of the cookie."""
    found = []
    if not conf.COOKIE_SECURE and not debugging():
        text = "The session cookie travels without HTTPS, and DEBUG is off."
        hint = "Remove STARTERKIT_AUTH['COOKIE_SECURE'], or turn it on."
        found.append(error("starterkit_auth.E002", text, hint))
    if conf.COOKIE_SAMESITE == "None" and not conf.COOKIE_SECURE:
        text = "Browsers drop a SameSite=None cookie that is not Secure."
        hint = "Turn on STARTERKIT_AUTH['COOKIE_SECURE'], or use 'Lax'."
        found.append(error("starterkit_auth.E003", text, hint))
    return found


@register(TAG)
def check_user_model(**kwargs: Any) -> list[CheckMessage]:
    """E004: people sign in with their address."""
    model = get_user_model()
    name = model.get_email_field_name()
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        text = f"{model._meta.label} has no field {name!r}, but people sign in with it."
        hint = "Add an EmailField, or name yours in EMAIL_FIELD on the model."
        return [error("starterkit_auth.E004", text, hint, obj=model)]
    return []


@register(TAG)
def check_breach_source(**kwargs: Any) -> list[CheckMessage]:
    """E005: a source that fails lets every password pass."""
    path = conf.BREACH_CHECK
    try:
        callable_ = not path or callable(import_string(path))
    except ImportError:
        callable_ = False
    if callable_:
        return []
    text = f"STARTERKIT_AUTH['BREACH_CHECK'] names {path!r}, which cannot be called."
    hint = "Name a function or class, such as "
    ours = "'starterkit_auth.services.pwned_passwords.PwnedPasswords'."
    return [error("starterkit_auth.E005", text, hint + ours)]


@register(TAG)
def check_authenticator(**kwargs: Any) -> list[CheckMessage]:
    """W001: without it, endpoints of the project know nobody."""
    defaults: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    if any(issubclass(entry, SessionAuthentication) for entry in defaults):
        return []
    ours = f"{SessionAuthentication.__module__}.{SessionAuthentication.__qualname__}"
    text = "REST_FRAMEWORK['DEFAULT_AUTHENTICATION_CLASSES'] lacks our authenticator."
    return [warning("starterkit_auth.W001", text, f"Add {ours!r}.")]


@register(TAG, deploy=True)
def check_shared_cache(**kwargs: Any) -> list[CheckMessage]:
    """W002: each process would count its own attempts."""
    if debugging() or not isinstance(caches[core_conf.CACHE_ALIAS], LocMemCache):
        return []
    text = "The limit on sign-in attempts is counted by each process for itself."
    hint = f"Let CACHES[{core_conf.CACHE_ALIAS!r}] be shared, such as Redis."
    return [warning("starterkit_auth.W002", text, hint)]


@register(Tags.database, deploy=True)
def check_retention(
    databases: Collection[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W003: nobody runs ``auth_purge``; asked with ``--database`` only."""
    if not databases or not retention.is_behind():
        return []
    text = "Sessions or challenges are there that should have been removed long ago."
    return [warning("starterkit_auth.W003", text, "Run auth_purge once a day.")]


def _problem_with(key: str) -> str:
    if len(key.encode()) < KEY_BYTES:
        return f"shorter than {KEY_BYTES} bytes"
    if key.startswith(PLACEHOLDER) and not debugging():
        return "the placeholder of a new project"
    return ""
