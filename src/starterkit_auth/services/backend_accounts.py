"""Which account to sign in to, when the project's backends are asked."""

from dataclasses import replace

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import InvalidCredentials
from starterkit_auth.services import (
    backends,
    hidden_users,
    password_check,
    passwords,
)
from starterkit_auth.services.addresses import Account
from starterkit_core.utils.client import Client


def accepted(
    found: Account | None, username: str, password: str, client: Client
) -> Account:
    """Return the account of the user whom a backend accepts.

    The password of ``found``, the account with the address that was entered, is checked
    in the turn of ``ModelBackend``, at the cost of one hash.

    Raises:
        InvalidCredentials: no backend accepts it, or one accepts it for another user
            than that of ``found``.
        ServiceUnavailable: a backend failed.
    """
    known = found.user if found else None
    user = backends.accepted(
        username,
        password,
        client,
        check=lambda: password_check.user_with(known, password),
    )
    if user is None or hidden_users.is_hidden(user):
        raise InvalidCredentials(reason="wrong" if found else "unknown")
    if known and known.pk != user.pk:
        raise InvalidCredentials(reason="other_user")
    return _account_of(user, found)


def _account_of(user: AbstractBaseUser, found: Account | None) -> Account:
    """Return the account of a user whom a backend accepted.

    Raises:
        InvalidCredentials: the user has a password here, but another address.
    """
    if passwords.is_set(user):
        if found is None:
            raise InvalidCredentials(reason="other_address")
        return found
    if found is None:
        return Account(user=user, verified=True)
    return replace(found, user=user, verified=True)
