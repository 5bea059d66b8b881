"""Takes the deletion, or the deactivation, of the own account back."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import AccountDeleted
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_users.errors import WrongStatus
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import accounts, lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreAccountInput(Input):
    """Whose account."""

    user: AbstractBaseUser
    client: Client


class RestoreAccount(UseCase[RestoreAccountInput, AbstractBaseUser]):
    """Save that the account is active again; an active one stays as it is.

    Raises:
        AccountDeleted: the erasure has begun.
        WrongStatus: an administrator has closed the account.
    """

    raises = (AccountDeleted, WrongStatus)

    def run(self) -> AbstractBaseUser:
        account: AbstractBaseUser = self.lock_account()
        if self.is_to_restore(account):
            self.restore(account)
            self.record_event(account)
        return account

    def lock_account(self) -> Any:
        """Return the account, locked until the transaction ends.

        Raises:
            AccountDeleted: the erasure has begun.
        """
        return accounts.lock_own(self.input.user)

    def is_to_restore(self, account: AbstractBaseUser) -> bool:
        """Return whether there is a deletion or a deactivation to take back.

        Raises:
            WrongStatus: an administrator has closed the account.
        """
        off = (Status.DELETION_SCHEDULED, Status.DEACTIVATED)
        lifecycle.require(account, Status.ACTIVE, *off)
        return lifecycle.status_of(account) in off

    def restore(self, account: AbstractBaseUser) -> None:
        """Save the state."""
        lifecycle.change(account, Status.ACTIVE)

    def record_event(self, account: AbstractBaseUser) -> None:
        """Record that the owner stays."""
        audit.record(
            "users.restored", actor=account, subject=account, client=self.input.client
        )
