"""The fields of the project's user model that an account shows."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from starterkit_users.models import (
    LocaleMixin,
    PhoneField,
    PreferencesMixin,
    UsernameMixin,
)

NAMES = ("first_name", "last_name", "username", "phone")
"""Text that the user model's own validators judge."""

SPOKEN = ("locale", "time_zone")
"""The language and the time zone, if the user model is made with ``LocaleMixin``."""

EDITABLE = (*NAMES, *SPOKEN)
"""What users can change here; address and password have endpoints of their own."""

PROVEN = frozenset({"phone"})
"""What is changed only with a recent proof of identity."""

OF_STATUS = ("status", "status_until")
"""The state of the account, and its end, if the user model has them."""

STANDING = (
    "is_active",
    "is_staff",
    "is_superuser",
    "last_login",
    "last_seen_at",
    "status_reason",
    "status_since",
    "status_by",
)
"""What administrators see besides what users see of themselves."""

MOMENTS = {"created_at", "last_login", "last_seen_at"}
"""A date is none: it says less than the name promises."""

Columns = Mapping[str, "models.Field[object, object]"]


def account_fields() -> Columns:
    """Return the model field behind each name of an account, where there is one.

    This works with any user model: names that it lacks are left out.
    """
    return _columns(
        {
            "email": (get_user_model().get_email_field_name(),),
            **{name: (name,) for name in EDITABLE if _is_ours(name)},
            "created_at": ("created_at", "date_joined"),
            **{name: (name,) for name in OF_STATUS},
        }
    )


def may_change(name: str) -> bool:
    """Return whether users can change this field: not what they sign in with."""
    username = getattr(get_user_model(), "USERNAME_FIELD", "")
    return name in account_fields() and name != username


def changeable() -> list[str]:
    """Return the fields that users can change, in their order."""
    return [name for name in EDITABLE if may_change(name)]


def has_preferences() -> bool:
    """Return whether the user model has the column of the preferences."""
    return issubclass(get_user_model(), PreferencesMixin)


def administered_fields() -> Columns:
    """Return the same for what administrators see of an account."""
    return {**account_fields(), **_columns({name: (name,) for name in STANDING})}


def exported_fields() -> Columns:
    """Return the fields that an export of users may have; never a secret.

    They are chosen one by one, so a column that a project adds is in none by itself.
    """
    key: Any = get_user_model()._meta.pk
    return {"id": key, **administered_fields()}


def _is_ours(name: str) -> bool:
    """Return whether the column means here what it does in our user model.

    A project may have a ``username`` or ``locale`` of another kind.
    """
    if name == "phone":
        columns = get_user_model()._meta.concrete_fields
        return any(it.name == name and isinstance(it, PhoneField) for it in columns)
    mixins = {"username": UsernameMixin, **dict.fromkeys(SPOKEN, LocaleMixin)}
    return name not in mixins or issubclass(get_user_model(), mixins[name])


def _columns(places: Mapping[str, tuple[str, ...]]) -> Columns:
    columns = {field.name: field for field in get_user_model()._meta.concrete_fields}
    return {
        name: columns[place]
        for name, candidates in places.items()
        for place in [*filter(columns.get, candidates)][:1]
        if name not in MOMENTS or isinstance(columns[place], models.DateTimeField)
    }
