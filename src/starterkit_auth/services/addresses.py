"""Finds the account of an address, and saves who registered or proved one.

A user whom the default manager of the user model hides has no account here, but keeps
the address: no other account gets it.

Addresses are compared in their canonical form. A row of ``EmailAddress`` means that a
user registered or proved one. It counts only while the user model still has this
address for the user: an administrator who changes it there need not know our table.

Accounts without a row, which are older than this app or made by an administrator, are
found by the address in the user model. That query is case-insensitive; if there are
many such accounts, add an index for it (``UPPER(email)`` on PostgreSQL).

If several such accounts share an address, the oldest active one holds it: so an account
that is made later, perhaps by an attacker, never takes it away. An account with a row
keeps it whatever is made later. ``auth_addresses`` saves rows by a rule of the host.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError
from django.utils import timezone

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models.address import EmailAddress
from starterkit_auth.services import hidden_users
from starterkit_auth.services.user_addresses import (
    address_of,
    check_fits,
    has_email_field,
    is_address_of,
    key_or_empty,
    same_address,
    users_with,
)
from starterkit_core.addresses import canonical_email
from starterkit_core.db._statements import insert, update
from starterkit_core.db.compiled_query import CompiledGet
from starterkit_core.db.databases import accounts_database, rows_of, transaction_of

_by_key = CompiledGet[EmailAddress](
    lambda key: EmailAddress.objects.select_related("user").filter(key=key)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user with an address, and what is known about it."""

    user: AbstractBaseUser
    verified: bool
    """Whether the user proved to receive mail there."""

    registered: bool = False
    """Whether it has an ``EmailAddress`` row, or is only in the user model."""

    shared: bool = False
    """Whether other accounts without a row have the address, too."""


def look_up(email: str) -> Account | None:
    """Return the account that holds this address, or None.

    One query if the address has a row, two otherwise. Read-only.

    Raises:
        ValueError: ``email`` is malformed.
    """
    key = canonical_email(email)
    return _account(email, key, _by_key.get(key), lock=False)


def look_up_locked(email: str) -> Account | None:
    """Return the same as ``look_up``, locked in the open transaction.

    Raises:
        ValueError: ``email`` is malformed.
    """
    key = canonical_email(email)
    rows = EmailAddress.objects.select_related("user").select_for_update()
    return _account(email, key, rows.filter(key=key).first(), lock=True)


def find_any(email: str) -> AbstractBaseUser | None:
    """Return the user with this address, even if hidden, for administrators.

    Raises:
        ValueError: ``email`` is malformed.
    """
    key, model = canonical_email(email), get_user_model()
    row = _by_key.get(key)
    if row and _has_key(row, key):
        return row.user
    return next(iter(users_with(email, key, rows_of(model))), None)


def lock(user_id: Any) -> AbstractBaseUser | None:
    """Return the user as saved, with address row (if any) and user locked.

    None if the user was deleted or is hidden.
    """
    user = lock_any(user_id)
    return None if user is None or hidden_users.is_hidden(user) else user


def lock_any(user_id: Any) -> AbstractBaseUser | None:
    """Return the same as ``lock``, even if the user is hidden, for administrators."""
    rows = EmailAddress.objects.select_related("user").select_for_update()
    row = rows.filter(user_id=user_id).first()
    users = rows_of(get_user_model()).select_for_update()
    return row.user if row else users.filter(pk=user_id).first()


def assign(user: AbstractBaseUser, address: str, *, verified: bool = False) -> None:
    """Save that ``user`` signed up with ``address``, or has proven to read its mail.

    Raises:
        ValueError: ``address`` is malformed.
        IntegrityError: another account has it.
    """
    _save(user, address, verified_at=timezone.now() if verified else None)


def keep(user: AbstractBaseUser) -> bool:
    """Save that an existing account holds its address; False if another was faster.

    This is no proof, but one that was just given stays. No later account takes the
    address away.
    """
    if is_proven(user):
        return True
    try:
        with transaction_of(accounts_database()):
            _save(user, mailbox_of(user), verified_at=None)
    except IntegrityError:
        return False
    return True


def verify(user: AbstractBaseUser) -> None:
    """Save that ``user`` has proven to read the mail of their address.

    Raises:
        InvalidConfirmation: another account has just proven it; roll back.
    """
    try:
        assign(user, mailbox_of(user), verified=True)
    except IntegrityError as error:
        raise InvalidConfirmation from error


def is_proven(user: AbstractBaseUser) -> bool:
    """Return whether ``user`` has proven the address that the account has now."""
    own = EmailAddress.objects.filter(user_id=user.pk).exclude(verified_at=None)
    proven = own.values_list("address", flat=True).first()
    # Not by the saved key, which may be older than the rule of the project.
    return proven is not None and key_or_empty(proven) == key_of(user) != ""


def is_free_for(user: AbstractBaseUser, email: str) -> bool:
    """Return whether no other user has this address, in any spelling."""
    key, model = canonical_email(email), type(user)
    rows = EmailAddress.objects.select_related("user").exclude(user_id=user.pk)
    row = rows.filter(key=key).first()
    if row and is_address_of(row.user, row.key):
        return False
    if not has_email_field(model):
        return True
    others = rows_of(model).exclude(pk=user.pk)
    return not bool(others.filter(same_address(model, email, key)).exists())


def move(user: AbstractBaseUser, address: str) -> None:
    """Save a new, proven address for ``user``, whose row is locked.

    A username that equals the former address changes too.

    Raises:
        InvalidConfirmation: another account has the address; roll back.
        ValidationError: Django's; the user model refuses the address.
    """
    check_fits(user, address)
    if not is_free_for(user, address):
        raise InvalidConfirmation
    for name in [*_fields_with_address(user, address)]:
        setattr(user, name, address)
    try:
        user.save()  # first, as in a sign-up: so the two cannot deadlock
        assign(user, address, verified=True)
    except IntegrityError as error:
        raise InvalidConfirmation from error


def mailbox_of(user: AbstractBaseUser) -> str:
    """Return the address for mails to ``user``, or ``""`` if none is known."""
    address = address_of(user)
    if address is not None:
        return address
    row = EmailAddress.objects.filter(user_id=user.pk).first()
    return row.address if row else ""


def key_of(user: AbstractBaseUser) -> str:
    """Return the canonical form of ``mailbox_of(user)``, or ``""`` if malformed."""
    return key_or_empty(mailbox_of(user))


def is_held(email: str) -> bool:
    """Return whether the database has this address, even if ``look_up`` returns None.

    That happens where the collation treats two addresses as equal, and where the
    default manager of the user model hides accounts.
    """
    key = canonical_email(email)
    row = _by_key.get(key)
    if row and is_address_of(row.user, row.key):
        return True
    model = get_user_model()
    users = rows_of(model)
    condition = has_email_field(model) and same_address(model, email, key)
    return bool(condition) and users.filter(condition).exists()


def _account(
    email: str, key: str, row: EmailAddress | None, *, lock: bool
) -> Account | None:
    if row and _has_key(row, key) and not hidden_users.is_hidden(row.user):
        return Account(
            user=row.user,
            verified=row.verified_at is not None,
            registered=True,
        )
    seen = hidden_users.seen_users(get_user_model())
    users = users_with(email, key, seen)
    holder = _locked(users[0], key) if users and lock else next(iter(users), None)
    shared = len(users) > 1
    return Account(user=holder, verified=False, shared=shared) if holder else None


def _has_key(row: EmailAddress, key: str) -> bool:
    """Return whether the user of ``row`` has the address ``key``, by both tables."""
    # Compared here too: a collation may treat "jose" and "josé" as equal.
    return row.key == key and is_address_of(row.user, key)


def _locked(user: AbstractBaseUser, key: str) -> AbstractBaseUser | None:
    """Return ``user`` as saved, locked; None if the address has just changed."""
    users = type(user)._base_manager.select_for_update()
    locked = users.filter(pk=user.pk).first()
    return locked if locked and is_address_of(locked, key) else None


def _fields_with_address(user: AbstractBaseUser, address: str) -> Iterator[str]:
    """Yield the fields of the user model that ``address`` must be set on."""
    former = key_of(user)
    if has_email_field(type(user)):
        yield user.get_email_field_name()
    name: Any = user._meta.get_field(get_user_model().USERNAME_FIELD)
    fits = name.max_length is None or len(address) <= name.max_length
    if former and fits and key_or_empty(str(user.get_username())) == former:
        yield name.name


def _save(
    user: AbstractBaseUser, address: str, *, verified_at: datetime | None
) -> None:
    key = canonical_email(address)
    values = {"address": address, "key": key, "verified_at": verified_at}
    row = _by_key.get(key)
    _drop_outdated(row, user)
    saved = {**values, "updated_at": timezone.now()}
    if not update(EmailAddress, {"user_id": user.pk}, saved):
        insert(EmailAddress(user_id=user.pk, **values))


def _drop_outdated(row: EmailAddress | None, user: AbstractBaseUser) -> None:
    """Delete a row whose user has another address in the user model by now."""
    if row and row.user_id != user.pk and not is_address_of(row.user, row.key):
        row.delete()
