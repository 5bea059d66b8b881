"""Where the project's user model keeps what an account shows."""

from collections.abc import Mapping

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models

EDITABLE = ("first_name", "last_name")
"""What people change by themselves; address and password have flows of their own."""


def account_fields() -> Mapping[str, "models.Field[object, object]"]:
    """Return the model field behind each name of an account, where there is one.

    Any user model will do: what it does not have is not in the account.
    """
    model = get_user_model()
    places = {
        "email": (model.get_email_field_name(),),
        "first_name": ("first_name",),
        "last_name": ("last_name",),
        "created_at": ("created_at", "date_joined"),
    }
    found = {name: _first_of(model, columns) for name, columns in places.items()}
    return {name: field for name, field in found.items() if field is not None}


def _first_of(
    model: type[models.Model], names: tuple[str, ...]
) -> "models.Field[object, object] | None":
    for name in names:
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, models.Field):
            return field
    return None
