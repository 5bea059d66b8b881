"""Switches the own account off."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import AccountDeleted
from starterkit_core.ports import account_access
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_users.errors import LastSuperuser, WrongStatus
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import accounts, lifecycle, ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class DeactivateAccountInput(Input):
    """Whose account."""

    user: AbstractBaseUser
    client: Client


class DeactivateAccount(UseCase[DeactivateAccountInput, None]):
    """Save that the account is off, and end its sessions; the next sign-in opens it.

    It is no deletion: all data stays.

    Raises:
        AccountDeleted: there is no such account any more.
        LastSuperuser: no other superuser is active.
        WrongStatus: its deletion is scheduled.
    """

    raises = (AccountDeleted, LastSuperuser, WrongStatus)

    def run(self) -> None:
        account = self.lock_account()
        self.check_superusers(account)
        self.check_status(account)
        self.deactivate(account)
        self.end_sessions(account)
        self.record_event(account)

    def lock_account(self) -> Any:
        """Return the account, locked until the transaction ends.

        Raises:
            AccountDeleted: there is none any more.
        """
        return accounts.lock_own(self.input.user)

    def check_superusers(self, account: AbstractBaseUser) -> None:
        """Refuse to leave the project without an administrator.

        Raises:
            LastSuperuser: no other superuser is active.
        """
        ranks.keep_a_superuser(account)

    def check_status(self, account: AbstractBaseUser) -> None:
        """Refuse an account that will be deleted: that would keep it for ever.

        Raises:
            WrongStatus: its deletion is scheduled.
        """
        lifecycle.require(account, Status.ACTIVE, Status.DEACTIVATED)

    def deactivate(self, account: AbstractBaseUser) -> None:
        """Save the state."""
        lifecycle.change(account, Status.DEACTIVATED)

    def end_sessions(self, account: AbstractBaseUser) -> None:
        """End every session, this one too."""
        account_access.end_sessions(account, actor=account, client=self.input.client)

    def record_event(self, account: AbstractBaseUser) -> None:
        """Record that the owner switched the account off."""
        audit.record(
            "users.deactivated",
            actor=account,
            subject=account,
            client=self.input.client,
        )
