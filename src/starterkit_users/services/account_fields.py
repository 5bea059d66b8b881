"""Where the project's user model keeps what an account shows."""

from collections.abc import Mapping

from django.contrib.auth import get_user_model
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
    columns = {field.name: field for field in model._meta.concrete_fields}
    return {
        name: columns[place]
        for name, candidates in places.items()
        for place in [*filter(columns.get, candidates)][:1]
    }
