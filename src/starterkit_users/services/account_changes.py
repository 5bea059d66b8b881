"""Changes the columns of an account: by its owner, an administrator or an import."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from starterkit_core.db.conflicts import is_duplicate


def changed(
    account: Any, changes: Mapping[str, Any], *, allowed: Collection[str]
) -> list[str]:
    """Return the names of the allowed fields that would change."""
    return [
        name
        for name, value in changes.items()
        if name in allowed and getattr(account, name) != value
    ]


def apply(
    account: Any, changes: Mapping[str, Any], *, allowed: Collection[str]
) -> list[str]:
    """Set the allowed fields, and return the names of those that changed."""
    names = changed(account, changes, allowed=allowed)
    for name in names:
        setattr(account, name, changes[name])
    return names


def check(account: Any, fields: Collection[str]) -> None:
    """Run the validators and the constraints of these fields, as a form would.

    Raises:
        ValidationError: Django's; a value is refused, or another account has it.
    """
    others = {field.name for field in account._meta.fields} - {*fields}
    account.clean_fields(exclude=others)
    account.validate_unique(exclude=others)
    account.validate_constraints(exclude=others)


def save(account: Any, fields: Collection[str]) -> None:
    """Save only these fields, so that no other column of a host is overwritten.

    Raises:
        ValidationError: Django's; another account has just taken a value.
    """
    dated = "updated_at" in {field.name for field in account._meta.fields}
    try:
        account.save(update_fields=[*fields, *(["updated_at"] if dated else [])])
    except IntegrityError as error:
        if is_duplicate(error):
            raise ValidationError(_("Another account has these values.")) from error
        raise
