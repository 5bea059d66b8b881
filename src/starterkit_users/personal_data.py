"""The personal data in the account itself."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import get_random_string

from starterkit_core.db.fitting_values import first_fitting, random_value
from starterkit_core.ports import personal_data
from starterkit_core.utils import moments
from starterkit_users.services.account_fields import EDITABLE, account_fields


class AccountData:
    """Exports and erases the fields that ``v1/me`` shows.

    A host with more personal data in its user model registers a provider of its own.
    """

    name = "account"

    def __init__(self) -> None:
        self.models: tuple[str, ...] = (get_user_model()._meta.label,)

    def export(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return the account and when it was last used."""
        values = {
            name: getattr(user, field.attname)
            for name, field in account_fields().items()
        }
        dates = {
            name: value and moments.iso(value)
            for name, value in {
                "created_at": values.pop("created_at", None),
                "last_login": user.last_login,
            }.items()
        }
        return {"id": str(user.pk), **values, **dates}

    def erase(self, user: AbstractBaseUser) -> None:
        """Anonymize the row, so that no client can sign in with it any more."""
        for name, value in self._blank(user).items():
            setattr(user, name, value)
        user.set_unusable_password()
        user.save()

    def _blank(self, user: AbstractBaseUser) -> dict[str, Any]:
        fields = account_fields()
        blank: dict[str, Any] = {name: "" for name in EDITABLE if name in fields}
        username: Any = user._meta.get_field(user.USERNAME_FIELD)
        blank |= {username.attname: _anonymous(username, f"erased-{user.pk}")}
        if "email" in fields:  # the domain is reserved for this (RFC 2606, section 2)
            names = (user.pk, get_random_string(12))
            addresses = [f"{name}@erased.invalid" for name in names]
            blank |= {fields["email"].attname: _anonymous(fields["email"], *addresses)}
        return blank | {"last_login": None, "is_active": False}


def _anonymous(field: Any, *values: str) -> Any:
    """Return the first value that ``field`` takes, or else a random one."""
    value = first_fitting(field, *values) or random_value(field)
    return values[0][: field.max_length] if value is None else value


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(AccountData())
