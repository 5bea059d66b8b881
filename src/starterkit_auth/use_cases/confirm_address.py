"""Saves that an address is proven, because an administrator says so."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.services import addresses, closed_accounts, pending_registrations
from starterkit_core import signals
from starterkit_core.errors import AccountDeleted, AddressMissing, AddressTaken
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAddressInput(Input):
    """Whose address, and who says so; the caller has checked permissions."""

    user: AbstractBaseUser
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class ConfirmAddress(UseCase[ConfirmAddressInput, bool]):
    """Save that the user reads the mail of their address; False if saved before.

    The code or link that the account waits for is void.

    Raises:
        AccountDeleted: there is no such account any more.
        AddressMissing: it has no address for mails.
        AddressTaken: another account has proven it.
    """

    raises = (AccountDeleted, AddressMissing, AddressTaken)

    def run(self) -> bool:
        user = self.lock_account()
        self.check_address(user)
        if self.is_proven(user):
            return False
        self.verify(user)
        self.record_event(user)
        self.announce(user)
        return True

    def lock_account(self) -> AbstractBaseUser:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: there is none any more.
        """
        return closed_accounts.lock(self.input.user)

    def check_address(self, user: AbstractBaseUser) -> None:
        """Refuse an account without an address, or with one that is malformed.

        Raises:
            AddressMissing: it is such an account.
        """
        if not addresses.key_of(user):
            raise AddressMissing

    def is_proven(self, user: AbstractBaseUser) -> bool:
        """Return whether the user has proven the address that the account has now."""
        return addresses.is_proven(user)

    def verify(self, user: AbstractBaseUser) -> None:
        """Save that it is proven.

        Raises:
            AddressTaken: another account has proven it.
        """
        pending_registrations.forget(user)
        try:
            addresses.verify(user)
        except InvalidConfirmation as error:
            raise AddressTaken from error

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who said that the address is proven."""
        given = self.input
        audit.record(
            "auth.address_confirmed",
            actor=given.actor,
            subject=user,
            client=given.client,
            facts={"by": "administrator"},
        )

    def announce(self, user: AbstractBaseUser) -> None:
        """Send ``address_confirmed`` after the commit."""
        facts = {"user": user, "address": addresses.mailbox_of(user)}
        signals.announce(signals.address_confirmed, type(user), **facts)
