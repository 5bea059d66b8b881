"""The fields of the project's user model that an account shows."""

from collections.abc import Mapping

from django.contrib.auth import get_user_model
from django.db import models

EDITABLE = ("first_name", "last_name")
"""What users can change here; address and password have endpoints of their own."""


def account_fields() -> Mapping[str, "models.Field[object, object]"]:
    """Return the model field behind each name of an account, where there is one.

    This works with any user model: names that it lacks are left out.
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
        if name != "created_at" or isinstance(columns[place], models.DateTimeField)
    }
