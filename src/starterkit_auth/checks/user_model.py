"""E004 and W009: the user model of the project."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage

from starterkit_auth.services import user_addresses
from starterkit_auth.use_cases.create_account import CreateAccount
from starterkit_core.checks.messages import error, warning
from starterkit_core.services import new_users
from starterkit_core.utils.source import dotted


def check_user_model(**kwargs: Any) -> list[CheckMessage]:
    """E004: users sign in with their address."""
    model = get_user_model()
    if user_addresses.has_email_field(model):
        return []
    name = model.get_email_field_name()
    text = f"{model._meta.label} has no field {name!r}, but users sign in with it."
    hint = "Add an EmailField, or set EMAIL_FIELD on the model to the one it has."
    return [error("starterkit_auth.E004", text, hint, obj=model)]


def check_sign_up(**kwargs: Any) -> list[CheckMessage]:
    """W009: the database would refuse each sign-up, or each but the first."""
    model = get_user_model()
    columns = [] if _fills_columns() else _left_empty(model)
    if not columns:
        return []
    names = ", ".join(columns)
    text = f"A sign-up leaves columns of {model._meta.label} empty: {names}."
    hint = (
        "Return their values from user_fields() of a subclass of "
        f"{dotted(CreateAccount)}, and name it in STARTERKIT_OVERRIDES = "
        f"{{{CreateAccount.key!r}: 'shop.accounts.CreateAccount'}}. "
        "Silence this if save() or a signal fills them."
    )
    return [warning("starterkit_auth.W009", text, hint, obj=model)]


def _fills_columns() -> bool:
    """Return whether the project has its own way to fill them, or a broken one."""
    try:
        active = CreateAccount.active()
    except ImportError:  # core's E003 says so
        return True
    steps = ("user_fields", "new_user", "save_account", "run")
    return any(
        getattr(active, step) is not getattr(CreateAccount, step) for step in steps
    )


def _left_empty(model: Any) -> list[str]:
    username = new_users.username_for(model, "ada@example.com")
    filled = {"password", *(name for name in username if username[name] is not None)}
    if user_addresses.has_email_field(model):
        filled.add(model.get_email_field_name())
    return new_users.unfilled(model, filled)
