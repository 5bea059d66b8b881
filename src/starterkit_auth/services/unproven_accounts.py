"""Accounts that somebody registered and nobody has proven to be theirs.

Whoever registers an address first need not be who reads its mail. When its owner comes,
they shall find nothing of what the other has left there.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import CharField, TextField

from starterkit_auth.conf import conf
from starterkit_auth.services.addresses import Account


def is_unproven(account: Account) -> bool:
    """Say whether the account is a mere claim that nobody has ever used."""
    return (
        conf.EMAIL_VERIFICATION == "required"
        and account.registered
        and not account.verified
        and account.user.is_active
        and getattr(account.user, "last_login", None) is None
    )


def blank_texts(user: AbstractBaseUser) -> dict[str, Any]:
    """Return every text that a registration may leave, but the address, as if new."""
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
