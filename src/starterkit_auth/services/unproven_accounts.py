"""Registered accounts whose address was never proven.

Such an account may have been registered by a client that does not own the address. When
the owner comes, none of the texts saved by that registration may be left.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import CharField, TextField

from starterkit_auth.conf import conf
from starterkit_auth.services.addresses import Account


def is_unproven(account: Account) -> bool:
    """Return whether the account was registered, but never proven nor signed in to."""
    return (
        conf.EMAIL_VERIFICATION == "required"
        and account.provisional
        and not account.verified
        and account.user.is_active
        and getattr(account.user, "last_login", None) is None
    )


def blank_texts(user: AbstractBaseUser) -> dict[str, Any]:
    """Return defaults for the text fields a registration may set, but the address."""
    address = user.get_email_field_name()
    return {
        field.name: field.get_default()
        for field in user._meta.concrete_fields
        if isinstance(field, (CharField, TextField))
        and (field.blank or field.has_default())
        and field.editable
        and not field.unique
        and field.name != address
    }
