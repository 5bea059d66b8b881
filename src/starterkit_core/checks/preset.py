"""W016: the preset stands where the project had a ``REST_FRAMEWORK`` of its own."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.urls import get_resolver
from django.utils.module_loading import import_string
from rest_framework.settings import api_settings

from starterkit_core.checks.messages import warning
from starterkit_core.checks.urls import class_of, served
from starterkit_core.conf import has_setting, root_urlconf
from starterkit_core.http.problems import exception_handler

READERS = {
    "rest_framework.authtoken": "rest_framework.authentication.TokenAuthentication",
    "knox": "knox.auth.TokenAuthentication",
    "oauth2_provider": "oauth2_provider.contrib.rest_framework.OAuth2Authentication",
    "SIMPLE_JWT": "rest_framework_simplejwt.authentication.JWTAuthentication",
    "rest_framework_simplejwt": (
        "rest_framework_simplejwt.authentication.JWTAuthentication"
    ),
}
"""Other ways to sign in, and the class that reads their tokens.

Each is an app, a setting or a package with views; simplejwt needs only its views.
"""


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
    """Yield one name for each class that reads tokens and is not listed."""
    listed: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    for path, name in _used().items():
        if not any(issubclass(entry, import_string(path)) for entry in listed):
            yield name


def _used() -> dict[str, str]:
    """Return the classes that read tokens of this project, and a name for each."""
    packages = set(_packages_with_views())
    return {
        path: name
        for name, path in READERS.items()
        if name in packages or apps.is_installed(name) or has_setting(name)
    }


def _packages_with_views() -> Iterator[str]:
    """Yield the package of each class that the views of the project build on."""
    patterns = get_resolver().url_patterns if root_urlconf() else []
    for _, view in served(patterns):
        for base in getattr(class_of(view), "__mro__", ()):
            yield base.__module__.partition(".")[0]
