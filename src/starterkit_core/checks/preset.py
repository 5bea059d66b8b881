"""W016: the preset stands where the project had a ``REST_FRAMEWORK`` of its own."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string
from rest_framework.settings import api_settings

from starterkit_core.checks.messages import warning
from starterkit_core.conf import has_setting
from starterkit_core.http.problems import exception_handler

READERS = {
    "rest_framework.authtoken": "rest_framework.authentication.TokenAuthentication",
    "knox": "knox.auth.TokenAuthentication",
    "oauth2_provider": "oauth2_provider.contrib.rest_framework.OAuth2Authentication",
    "SIMPLE_JWT": "rest_framework_simplejwt.authentication.JWTAuthentication",
}
"""Apps and settings of other ways to sign in, and the class that reads their tokens."""


def check_preset(**kwargs: Any) -> list[CheckMessage]:
    """Find tokens that opened the API before the preset replaced the settings."""
    if api_settings.EXCEPTION_HANDLER is not exception_handler:
        return []
    return [
        warning(
            "starterkit_core.W016",
            f"{name} is in use, but {READERS[name]!r} is not among the default "
            "authenticators: its tokens open no view that takes the defaults.",
            "For an API that lives, build REST_FRAMEWORK with "
            "presets.rest_framework_beside(); for a new one, remove what is not used.",
        )
        for name in _unread()
    ]


def _unread() -> Iterator[str]:
    listed: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    for name, path in READERS.items():
        used = apps.is_installed(name) or has_setting(name)
        if used and not any(issubclass(entry, import_string(path)) for entry in listed):
            yield name
