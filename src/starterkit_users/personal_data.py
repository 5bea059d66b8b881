"""The personal data in the account itself."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

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
        blank |= {get_user_model().USERNAME_FIELD: f"erased-{user.pk}"}
        if "email" in fields:  # the domain is reserved for this (RFC 2606, section 2)
            blank |= {fields["email"].attname: f"{user.pk}@erased.invalid"}
        return blank | {"last_login": None, "is_active": False}


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(AccountData())
