"""W034: doors of Django that check passwords without a limit."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth import get_backends
from django.core.checks import CheckMessage
from django.urls import URLPattern, URLResolver, get_resolver

from starterkit_auth.backends import LimitedBackend
from starterkit_core.checks.messages import warning
from starterkit_core.conf import root_urlconf


def check_doors(**kwargs: Any) -> list[CheckMessage]:
    """W034: the admin or a ``LoginView`` judges as many passwords as are sent."""
    patterns = get_resolver().url_patterns if root_urlconf() else []
    doors = sorted(set(_doors(patterns)))
    if not doors or _is_limited():
        return []
    text = f"Any number of passwords can be tried at {', '.join(doors)}."
    hint = (
        "Name 'starterkit_auth.backends.LimitedBackend' in AUTHENTICATION_BACKENDS "
        "instead of Django's ModelBackend. Silence this if another package limits "
        "them, such as django-axes."
    )
    return [warning("starterkit_auth.W034", text, hint)]


def _doors(patterns: Sequence[Any], before: str = "/") -> Iterator[str]:
    """Yield the path of each Django admin and each ``LoginView``."""
    for pattern in patterns:
        path = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            is_admin = pattern.app_name == "admin"
            yield from [path] if is_admin else _doors(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and _is_login(pattern.callback):
            yield path


def _is_login(view: Any) -> bool:
    from django.contrib.auth.views import LoginView  # noqa: PLC0415  # slow to import

    kind = getattr(view, "view_class", None)
    return isinstance(kind, type) and issubclass(kind, LoginView)


def _is_limited() -> bool:
    try:
        return any(isinstance(backend, LimitedBackend) for backend in get_backends())
    except ImportError:  # E007 says so
        return True
