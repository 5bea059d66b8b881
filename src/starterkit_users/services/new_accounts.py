"""What administrators save in the user model when they make an account.

One place for the API, invitations, imports and ``createadmin``.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from starterkit_core.addresses import canonical_email
from starterkit_core.db.conflicts import is_duplicate
from starterkit_core.db.databases import accounts_database, rows_of, transaction_of
from starterkit_core.services import new_users
from starterkit_users.errors import UserExists
from starterkit_users.models.lifecycle import COLUMNS
from starterkit_users.services import account_fields
from starterkit_users.services.account_fields import STANDING

PROTECTED = frozenset({"password", "email_key", *STANDING, *COLUMNS})
"""Columns that no request for a new account sets, whatever fields a host adds."""

TAKEN = frozenset({"unique", "unique_together"})
"""The codes of Django for a value that another row has."""


def has_address() -> bool:
    """Return whether the user model has a column for the address."""
    return "email" in account_fields.account_fields()


def columns_for(email: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a new account: address, user name, and ``values``.

    Of ``values``, what is no column is left out, and what is protected. A user name
    that is not given is made up, as that of a sign-up.
    """
    model: Any = get_user_model()
    columns = {it.name for it in model._meta.concrete_fields if not it.primary_key}
    allowed = columns - PROTECTED
    fields = {name: values[name] for name in values if name in allowed}
    if has_address() and email:
        fields[model.get_email_field_name()] = email
    if str(model.USERNAME_FIELD) not in fields:
        fields |= new_users.username_for(model, email)
    return fields


def check(user: AbstractBaseUser, fields: Collection[str]) -> None:
    """Refuse values that the user model refuses, and a column that got none.

    Raises:
        ValidationError: Django's; the address is called ``email``, as in requests.
    """
    new_users.check_values(user, fields)
    filled = {"password", *(it for it in fields if getattr(user, it) is not None)}
    missing = new_users.unfilled(type(user), filled)
    if missing:
        required = ValidationError(_("This field is required."), code="required")
        raise ValidationError(dict.fromkeys(missing, required))


def with_address(email: str) -> "QuerySet[Any]":
    """Return the accounts with this address in any spelling that SQL finds."""
    model = get_user_model()
    if "email_key" in {it.name for it in model._meta.concrete_fields}:
        return rows_of(model).filter(email_key=canonical_email(email))
    return rows_of(model).filter(**{f"{model.get_email_field_name()}__iexact": email})


def check_free(user: AbstractBaseUser) -> None:
    """Refuse an unsaved user with a value of another account.

    Raises:
        UserExists: its fact ``fields`` has the names, such as ``email``.
        ValidationError: Django's; a constraint of the project refuses a value.
    """
    taken = ["email"] if _has_taken_address(user) else []
    taken += _taken_columns(user)
    if taken:
        raise UserExists(facts={"fields": taken})


def save(user: AbstractBaseUser) -> None:
    """Save a new user.

    Raises:
        UserExists: a concurrent request has just saved an account like it.
    """
    try:
        with transaction_of(accounts_database()):
            user.save(using=accounts_database())
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        check_free(user)
        raise UserExists(facts={"fields": []}) from error


def _has_taken_address(user: AbstractBaseUser) -> bool:
    name = user.get_email_field_name()
    address = getattr(user, name, "") if has_address() else ""
    return bool(address) and with_address(address).exists()


def _taken_columns(user: AbstractBaseUser) -> list[str]:
    """Return the names of other columns with a value of another account."""
    exclude = {user.get_email_field_name(), "email_key", user._meta.pk.name}
    refused: dict[str, list[ValidationError]] = {}
    for check_rows in (user.validate_unique, user.validate_constraints):
        try:
            check_rows(exclude=exclude)
        except ValidationError as error:
            refused |= error.error_dict
    others = [
        it for errors in refused.values() for it in errors if it.code not in TAKEN
    ]
    if others:
        raise ValidationError(refused)
    return sorted(refused)
