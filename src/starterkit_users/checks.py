"""System checks of this app.

E001  django-guardian would save an anonymous user whose name is no address
W030  staff may give themselves rights in the administration (only with ``--deploy``)
"""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings  # noqa: TID251  # guardian's, not ours
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, register
from django.http import HttpRequest

from starterkit_core.checks.messages import error, warning
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


@register("starterkit", deploy=True)
def check_ranks(**kwargs: Any) -> list[CheckMessage]:
    """W030: an administration of users or groups that lets staff rise."""
    if not apps.is_installed("django.contrib.admin"):
        return []
    rising = [it for it in _administrations() if not _is_safe(it)]
    if not rising:
        return []
    names = ", ".join(f"{type(it).__module__}.{type(it).__name__}" for it in rising)
    text = f"Staff can give themselves rights that they lack: {names}."
    hint = "Put RankedUserAdmin or RankedGroupAdmin before its base class."
    return [warning("starterkit_users.W030", text, hint)]


def _administrations() -> list[Any]:
    site: Any = import_module("django.contrib.admin").site
    kinds = (get_user_model(), import_module("django.contrib.auth.models").Group)
    models = (it for it in apps.get_models() if issubclass(it, kinds))  # proxies, too
    return [site.get_model_admin(it) for it in models if site.is_registered(it)]


def _is_safe(administration: Any) -> bool:
    """Return whether it heeds ranks, or changes no row for staff who may do all."""
    ranked = import_module("starterkit_users.ranked_admin").RankedAdmin
    request = HttpRequest()
    request.user = _AllPermissions()  # type: ignore[assignment]  # enough to ask
    return isinstance(
        administration, ranked
    ) or not administration.has_change_permission(request)


class _AllPermissions:
    """Staff with every permission."""

    is_active = is_staff = True

    def has_perm(self, name: str, obj: Any = None) -> bool:
        return True


def _is_address(name: str) -> bool:
    try:
        canonical_email(name)
    except ValueError:
        return False
    return True
