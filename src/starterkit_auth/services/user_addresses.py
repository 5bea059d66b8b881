"""The address in the project's user model, whatever field it is in, if in any."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Q, QuerySet

from starterkit_core.addresses import canonical_email

UNIQUE_FORM = "email_key"
"""The field for the canonical form, if the user model has one."""

BORN = ("created_at", "date_joined")
"""Fields for the age of an account; the first that the user model has."""

MOST_SHARED = 20
"""How many accounts with one address are read to find its holder."""


def address_of(user: AbstractBaseUser) -> str | None:
    """Return the address in the user model, or ``""``; None if it has no such field."""
    if not has_email_field(type(user)):
        return None
    return str(getattr(user, user.get_email_field_name()) or "")


def is_address_of(user: AbstractBaseUser, key: str) -> bool:
    """Return whether the user model still has the address with this canonical form.

    A key that is older than the rule of the project counts, too: one in a mail.
    """
    address = address_of(user)
    return address is None or key_or_empty(address) == key_or_empty(key)


def has_email_field(model: type[AbstractBaseUser]) -> bool:
    """Return whether ``model`` has a field for the address."""
    return has_field(model, model.get_email_field_name())


def check_fits(user: AbstractBaseUser, address: str) -> None:
    """Refuse an address that the user model refuses, such as one that is too long.

    Raises:
        ValidationError: Django's, for ``email``.
    """
    model = type(user)
    if not has_email_field(model):
        return
    field: Any = model._meta.get_field(model.get_email_field_name())
    try:
        field.clean(address, user)
    except ValidationError as error:
        raise ValidationError({"email": error}) from error


def users_with(
    email: str, key: str, users: "QuerySet[AbstractBaseUser]"
) -> list[AbstractBaseUser]:
    """Return which of ``users`` have this address, its holder first."""
    if not has_email_field(users.model):
        return []
    candidates = users.filter(same_address(users.model, email, key))
    oldest = candidates.order_by(*age_of(users.model))[:MOST_SHARED]
    found = [user for user in oldest if is_address_of(user, key)]
    return sorted(found, key=lambda user: not user.is_active)


def same_address(model: type[AbstractBaseUser], email: str, key: str) -> Q:
    """Return the condition that a user has this address; ``key`` is canonical."""
    if has_field(model, UNIQUE_FORM):
        return Q((UNIQUE_FORM, key))
    field = f"{model.get_email_field_name()}__iexact"
    return Q((field, email)) | Q((field, key))


def age_of(model: type[AbstractBaseUser]) -> list[str]:
    """Return the fields that order accounts by age, the oldest first."""
    born = [name for name in BORN if has_field(model, name)]
    return [*born[:1], "pk"]


def key_or_empty(address: str) -> str:
    """Return the canonical form, or ``""`` if the address is malformed."""
    try:
        return canonical_email(address)
    except ValueError:
        return ""


def has_field(model: Any, name: str) -> bool:
    """Return whether ``model`` has a field of this name."""
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
