"""Checks a password, always at the cost of one hash, known account or not.

Attempts are counted before they are hashed. Signing in counts by account, by network
and globally; checks within a session count by session, so an attacker who uses up the
counter of an account does not block its open sessions. A wrong password in a session
also counts as an attempt to sign in, so a stolen session gives no extra guesses.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from starterkit_auth.conf import conf
from starterkit_auth.errors import NoPassword, WrongPassword
from starterkit_auth.models import AbstractSession, PendingRegistration
from starterkit_auth.services import (
    addresses,
    backends,
    challenges,
    hashing,
    passwords,
    sessions,
    sign_in_limits,
)
from starterkit_core.db.databases import accounts_database
from starterkit_core.utils.client import Client


def is_password_of(user: AbstractBaseUser | None, password: str) -> bool:
    """Return whether ``password`` is right; without a user, False after the same time.

    Django does the same for accounts without a usable password. If it rehashes the
    password with current parameters, sessions and challenges stay valid.

    Raises:
        Busy: too many passwords are being hashed.
    """
    if user is None:
        passwords.encode(password)
        return False
    stored = user.password
    with hashing.turn(), _saving_later(user) as saves:
        is_right = user.check_password(password)
    if user.password == stored or _save_rehashed(user, stored, saves):
        return is_right
    return is_password_of(user, password)  # it has another one by now


def user_with(user: AbstractBaseUser | None, password: str) -> AbstractBaseUser | None:
    """Return ``user`` if ``password`` is theirs, or None; as ``is_password_of``."""
    return user if is_password_of(user, password) else None


def is_password_of_pending(pending: PendingRegistration, password: str) -> bool:
    """Return whether ``password`` was chosen at this registration, or by its account.

    That of an account counts as an attempt to sign in. Another one counts for its
    registration alone: no stranger without the link uses up those tries. Call this
    outside a transaction: a refusal must not roll back the rehash.

    Raises:
        RateLimited: too many attempts.
        ServiceUnavailable: the cache that counts is down.
    """
    if pending.user is None:
        attempt = sign_in_limits.count_with(str(pending.pk))
    else:
        attempt = sign_in_limits.count_for(pending.address_key)
    with hashing.counted_turn(attempt.counted):
        if pending.user is None:
            is_right = passwords.is_hash_of(pending.password, password)
        else:
            is_right = is_password_of(pending.user, password)
            challenges.refresh(pending)
    if is_right:
        attempt.succeed()
    return is_right


def check_again(session: AbstractSession, password: str, client: Client) -> None:
    """Refuse unless ``password`` is that of the user of ``session``.

    If it is not saved here, the backends of the project are asked, if they are at
    sign-in. Call this outside a transaction: a refusal must not roll back counter and
    rehash.

    Raises:
        NoPassword: the account has no password.
        RateLimited: too many attempts in this session.
        WrongPassword: it is not the user's password.
        ServiceUnavailable: the cache that counts is down, or a backend failed.
        Busy: too many passwords are being hashed; this attempt does not count.
    """
    user = session.user
    if not can_be_asked(user):
        raise NoPassword
    _check_in(str(session.pk), user, lambda: _proves(user, password, client))


def check_former(user: AbstractBaseUser, password: str) -> None:
    """Do the same for a user who is signed in to a session of Django.

    All such sessions of a user have one limit.

    Raises:
        RateLimited: too many attempts.
        WrongPassword: it is not the user's password.
        ServiceUnavailable: the cache that counts is down.
        Busy: too many passwords are being hashed; this attempt does not count.
    """
    _check_in(f"django {user.pk}", user, lambda: is_password_of(user, password))


def can_be_asked(user: AbstractBaseUser) -> bool:
    """Return whether ``user`` has a password here, or may have one in a directory."""
    return passwords.is_set(user) or conf.ASK_BACKENDS


def _proves(user: AbstractBaseUser, password: str, client: Client) -> bool:
    """Return whether ``password`` is that of ``user``, here or in a directory.

    The backends are asked for accounts without a password here only: a lock-out by
    failed sign-ins must not reach the open sessions of an account that has one.
    """
    if passwords.is_set(user):
        return is_password_of(user, password)
    name = user.get_username()
    accepted = backends.accepted(name, password, client, check=lambda: None)
    return accepted is not None and accepted.pk == user.pk


def _check_in(
    session_id: str, user: AbstractBaseUser, check: Callable[[], bool]
) -> None:
    attempt = sign_in_limits.count_in(session_id)
    with hashing.counted_turn(attempt.counted):
        is_right = check()
    if not is_right:
        _count_as_sign_in(user)
        raise WrongPassword
    attempt.succeed()


@contextmanager
def _saving_later(user: AbstractBaseUser) -> Iterator[list[Callable[[], None]]]:
    """Yield the calls of ``user.save()``, which are kept instead of made.

    Django saves what it rehashed at once: it would overwrite a password that was set
    concurrently, and a lock that prevents this would be held while hashing.
    """
    kept: list[Callable[[], None]] = []

    def save(*args: Any, **kwargs: Any) -> None:
        kept.append(partial(type(user).save, user, *args, **kwargs))

    user.save = save  # type: ignore[method-assign]  # removed below
    try:
        yield kept
    finally:
        del user.save


def _save_rehashed(
    user: AbstractBaseUser, stored: str, saves: list[Callable[[], None]]
) -> bool:
    """Save the new hash, unless the saved password is not ``stored`` any more.

    Then it is read into ``user``, and False returned. If the project's ``save()``
    refuses the row, the former hash stays.
    """
    with transaction.atomic(using=accounts_database()):
        rows = type(user)._base_manager.select_for_update().filter(pk=user.pk)
        current = rows.values_list("password", flat=True).first() or ""
        if current != stored:
            user.password = current
            return False
        try:
            for save in saves:
                save()
        except ValidationError:
            user.password = stored
            return True
        sessions.carry_over(user, stored)
        challenges.carry_over(user, stored)
    return True


def _count_as_sign_in(user: AbstractBaseUser) -> None:
    """Count a failed sign-in, unless the account has no address to sign in with."""
    if key := addresses.key_of(user):
        sign_in_limits.count_failure(key)
