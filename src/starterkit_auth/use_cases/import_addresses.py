"""Takes over proofs of addresses that the host project has; one batch at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError
from django.utils import timezone

from starterkit_auth.models import EmailAddress
from starterkit_auth.services import addresses, user_addresses
from starterkit_auth.services.existing_addresses import usable_key
from starterkit_core.db.conflicts import Conflict
from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAddressesInput(Input):
    """Addresses that the host project says are proven, by the id of the user."""

    proven: Mapping[Any, list[str]]
    apply: bool = True
    """Whether to save them; False only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBatch:
    """How many accounts of the batch went which way."""

    imported: int = 0
    known: int = 0
    """Proven here before."""

    unusable: int = 0
    """The address is malformed, or the account has another one by now."""

    held: int = 0
    """Another account holds the address."""


class ImportAddresses(UseCase[ImportAddressesInput, ImportedBatch]):
    """Save addresses as proven that the host project has proven before.

    Only the address that the user model has counts. No account loses an address.
    """

    def run(self) -> ImportedBatch:
        users = self.find_users()
        current = [user for user in users if self.is_current(user)]
        rows = self.find_rows(current)
        free = self.free_among(current, rows)
        new = [user for user in free if not self.is_proven(user, rows)]
        if self.input.apply and new:
            self.save(new, rows)
            self.record_event(len(new))
        return ImportedBatch(
            imported=len(new),
            known=len(free) - len(new),
            unusable=len(self.input.proven) - len(current),
            held=len(current) - len(free),
        )

    def find_users(self) -> list[AbstractBaseUser]:
        """Return the users of the batch, locked, the oldest first."""
        users = rows_of(get_user_model()).select_for_update()
        found: list[Any] = [*users.filter(pk__in=self.input.proven).order_by("pk")]
        return found

    def is_current(self, user: AbstractBaseUser) -> bool:
        """Return whether a proven address is the one that the user model has."""
        key = usable_key(addresses.mailbox_of(user))
        proven = self.input.proven.get(user.pk, [])
        return bool(key) and key in map(user_addresses.key_or_empty, proven)

    def find_rows(self, users: list[AbstractBaseUser]) -> dict[str, EmailAddress]:
        """Return the rows that hold one of the addresses, by canonical form."""
        keys = map(addresses.key_of, users)
        rows = EmailAddress.objects.select_related("user").filter(key__in=[*keys])
        return {
            row.key: row
            for row in rows
            if user_addresses.is_address_of(row.user, row.key)
        }

    def free_among(
        self, users: list[AbstractBaseUser], rows: Mapping[str, EmailAddress]
    ) -> list[AbstractBaseUser]:
        """Return the users whose address no other account holds; one per address."""
        holders = {key: row.user_id for key, row in rows.items()}
        for user in users:
            holders.setdefault(addresses.key_of(user), user.pk)
        return [user for user in users if holders[addresses.key_of(user)] == user.pk]

    def is_proven(
        self, user: AbstractBaseUser, rows: Mapping[str, EmailAddress]
    ) -> bool:
        """Return whether the address was proven here before."""
        row = rows.get(addresses.key_of(user))
        return row is not None and row.verified_at is not None

    def save(
        self, users: list[AbstractBaseUser], rows: Mapping[str, EmailAddress]
    ) -> None:
        """Save the addresses, in a few statements; outdated rows are replaced.

        Raises:
            Conflict: another request has just saved one of them.
        """
        keys = [addresses.key_of(user) for user in users]
        outdated = EmailAddress.objects.filter(key__in=keys)
        outdated.exclude(pk__in=[row.pk for row in rows.values()]).delete()
        EmailAddress.objects.filter(user_id__in=[user.pk for user in users]).delete()
        try:
            EmailAddress.objects.bulk_create([*map(_proven, users, keys)])
        except IntegrityError as error:
            raise Conflict from error

    def record_event(self, number: int) -> None:
        """Record how many addresses were imported."""
        audit.record("auth.addresses_imported", facts={"number": number})


def _proven(user: AbstractBaseUser, key: str) -> EmailAddress:
    """Return the row of a proven address, not saved yet."""
    return EmailAddress(
        user_id=user.pk,
        address=addresses.mailbox_of(user),
        key=key,
        verified_at=timezone.now(),
    )
