"""Finds a user by address or id, for the admin and commands."""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from starterkit_auth.services import addresses
from starterkit_core.db.databases import rows_of


def find_user(named: str) -> AbstractBaseUser | None:
    """Return the user with this address, in any spelling, or this id, or None.

    Administrators find hidden users, too.
    """
    users = rows_of(get_user_model())
    try:
        if "@" in named:
            return addresses.find_any(named)
        return users.filter(pk=named).first()
    except (ValueError, ValidationError):
        return None
