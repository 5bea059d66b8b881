"""Finds the user whom an administrator names."""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from starterkit_auth.services import addresses


def find_user(named: str) -> AbstractBaseUser | None:
    """Return the user with this address, in any spelling, or else with this id."""
    users = get_user_model()._base_manager
    try:
        if "@" in named:
            account = addresses.look_up(named)
            return account.user if account else None
        return users.filter(pk=named).first()
    except (ValueError, ValidationError):
        return None
