"""Opens an account again whose owner has come back."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.models.lifecycle import Status, has_ended
from starterkit_users.services import accounts, lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenAccountInput(Input):
    """Whose account; the user has just signed in."""

    user: AbstractBaseUser


class ReopenAccount(UseCase[ReopenAccountInput, None]):
    """Save that a deactivated account, or one whose suspension has ended, is active.

    Raises:
        AccountDeleted: there is no such account any more.
    """

    def run(self) -> None:
        account = self.lock_account()
        if self.is_due(account):
            self.reopen(account)
            self.record_event(account)

    def lock_account(self) -> Any:
        """Return the account, locked until the transaction ends.

        Raises:
            AccountDeleted: there is none any more.
        """
        return accounts.lock_own(self.input.user)

    def is_due(self, account: Any) -> bool:
        """Return whether the sign-in opens the account, as it is saved now."""
        return account.status == Status.DEACTIVATED or has_ended(account)

    def reopen(self, account: Any) -> None:
        """Save that it is active, and tell the user object of the request."""
        lifecycle.change(account, Status.ACTIVE)
        user: Any = self.input.user
        user.status, user.status_since = account.status, account.status_since

    def record_event(self, account: AbstractBaseUser) -> None:
        """Record that the owner came back."""
        audit.record("users.reopened", actor=account, subject=account)
