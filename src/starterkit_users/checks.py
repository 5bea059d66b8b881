"""System checks of this app.

E001  django-guardian would save an anonymous user whose name is no address
"""

from typing import Any

from django.apps import apps
from django.conf import settings  # noqa: TID251  # guardian's, not ours
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, register

from starterkit_core.checks.messages import error
from starterkit_core.utils.emails import canonical_email
from starterkit_users.models import AbstractUser


@register("starterkit")
def check_guardian(**kwargs: Any) -> list[CheckMessage]:
    """E001: otherwise ``migrate`` ends in a ``ValueError`` that names neither."""
    ours = issubclass(get_user_model(), AbstractUser)
    if not ours or not apps.is_installed("guardian"):
        return []
    name = getattr(settings, "ANONYMOUS_USER_NAME", "AnonymousUser")
    if name is None or _is_address(name):
        return []
    text = f"django-guardian saves an anonymous user called {name!r}, no address."
    hint = (
        "Set ANONYMOUS_USER_NAME = None, or to an address of yours, such as "
        "'anonymous@example.com'."
    )
    return [error("starterkit_users.E001", text, hint)]


def _is_address(name: str) -> bool:
    try:
        canonical_email(name)
    except ValueError:
        return False
    return True
