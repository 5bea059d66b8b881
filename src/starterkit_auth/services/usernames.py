"""Users by what they type at Django's own doors: the user model's natural key."""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import addresses
from starterkit_auth.services.user_addresses import key_or_empty
from starterkit_core.db.databases import accounts_database


def find(username: str) -> AbstractBaseUser | None:
    """Return the user as ``ModelBackend`` finds it, from where users are written."""
    model = get_user_model()
    users = model._default_manager.db_manager(accounts_database())
    try:
        user: AbstractBaseUser = users.get_by_natural_key(username)
    except (model.DoesNotExist, ValueError):  # a database refuses some characters
        return None
    return user


def limit_key(user: AbstractBaseUser | None, username: str) -> str:
    """Return what attempts count under: the address of the account, if there is one.

    The API counts under the same address, so another door gives no further attempts.
    Nor does another spelling, where the database compares names without case.
    """
    name = user.get_username() if user else username
    address = addresses.key_of(user) if user else ""
    return address or key_or_empty(name) or name
