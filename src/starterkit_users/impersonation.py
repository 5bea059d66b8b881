"""Who may act as another user: the permission, and the rule that is asked each time.

The permission is made after ``migrate``, so that it is one of any user model. For
``shop.Customer`` it is called ``shop.impersonate_customer``.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import router
from django.db.models.signals import post_migrate

from starterkit_core.ports import impersonation
from starterkit_users.services import ranks, user_rows

ACT = "impersonate"


def register() -> None:
    """Register the rule, and let ``migrate`` make the permission."""
    impersonation.register_rule(may_impersonate)
    name = "starterkit_users.impersonation"
    post_migrate.connect(make_permission, dispatch_uid=name)


def may_impersonate(actor: AbstractBaseUser, user: AbstractBaseUser) -> bool:
    """Return whether ``actor`` has the permission, and more rights than ``user``."""
    has_perm: Any = getattr(actor, "has_perm", None)  # not every model has
    is_allowed = has_perm is not None and has_perm(str(user_rows.permission(ACT)))
    return bool(is_allowed) and ranks.Rank(actor).is_above(user)


def make_permission(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
    """Save the permission in a database that has those of Django."""
    options = get_user_model()._meta
    is_ours = sender.label == options.app_label and impersonation.available()
    if not is_ours or not router.allow_migrate_model(using, Permission):
        return
    types = ContentType.objects.db_manager(using)
    about = types.get_for_model(get_user_model(), for_concrete_model=False)
    Permission.objects.using(using).get_or_create(
        content_type_id=about.pk,  # a router may allow no relation to a row of `using`
        codename=f"{ACT}_{options.model_name}",
        defaults={"name": f"Can {ACT} {options.verbose_name_raw}"},
    )
