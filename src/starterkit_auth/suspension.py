"""Ends all access to an account that is closed or opened, wherever that happens.

By signals, because the Django admin and a shell save users without any use case.

A bulk update and SQL send no signal. What they close is noticed when a session or a
link of the account is used, and when ``save()`` opens it again.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from starterkit_auth.services import closed_accounts
from starterkit_auth.use_cases.end_access import EndAccess, EndAccessInput
from starterkit_core.db.databases import accounts_database, rows_of


def connect() -> None:
    """Connect the receivers for each model that a user may be saved as."""
    for model in _models_of_users():
        name = f"starterkit_auth.{model._meta.label}"
        pre_save.connect(end_before_opening, sender=model, dispatch_uid=name)
        post_save.connect(end_after_closing, sender=model, dispatch_uid=name)


def end_after_closing(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """End the access of a user who was saved as inactive.

    A session of a closed user is refused anyway, but without this it would work again
    once the account is open.
    """
    if kwargs["created"] or not _concerns_us(**kwargs):
        return
    user = _user_of(instance)
    if user and not user.is_active:
        EndAccess.execute(EndAccessInput(user=user))


def end_before_opening(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """End the access of a closed user who is about to be saved as open.

    While the account is closed, no session is opened and no mail is sent. So whatever
    is open by now was missed when it was closed.
    """
    is_new = instance._state.adding  # noqa: SLF001  # Django documents it
    if is_new or not _concerns_us(**kwargs):
        return
    if not _may_open(instance, kwargs["update_fields"]):
        return
    stored = rows_of(get_user_model()).filter(pk=instance.pk).first()
    if stored and not stored.is_active:
        EndAccess.execute(EndAccessInput(user=stored))


def _models_of_users() -> Iterator[type[Model]]:
    """Yield the user model, its proxies and children, and the models it inherits."""
    model: type[Model] = get_user_model()
    yield from model._meta.get_parent_list()
    yield from (it for it in apps.get_models() if issubclass(it, model))


def _concerns_us(*, using: str, raw: bool, **kwargs: Any) -> bool:
    """Return whether it is no fixture, and no copy such as one in an archive."""
    return not raw and using == accounts_database()


def _user_of(instance: Model) -> AbstractBaseUser | None:
    """Return the user; the row of a model that the user model inherits has its id."""
    if isinstance(instance, get_user_model()):
        return instance
    return rows_of(get_user_model()).filter(pk=instance.pk).first()


def _may_open(instance: Any, fields: Collection[str] | None) -> bool:
    """Return whether saving these fields, all if None, may open a closed account."""
    if not getattr(instance, "is_active", True):
        return False
    is_computed = not closed_accounts.has_state()
    return fields is None or is_computed or "is_active" in fields
