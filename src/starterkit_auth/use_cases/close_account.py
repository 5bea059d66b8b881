"""Closes an account, for ``auth_suspend`` and for a project's own code."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import closed_accounts
from starterkit_core.errors import AccountDeleted
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAccountInput(Input):
    """Whose account, and who closes it; the caller has checked permissions."""

    user: AbstractBaseUser
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class CloseAccount(UseCase[CloseAccountInput, None]):
    """Set ``is_active`` to False; sessions, codes and links end with it.

    Raises:
        AccountDeleted: there is no such account any more.
    """

    raises = (AccountDeleted,)

    def run(self) -> None:
        user = self.lock_account()
        self.close(user)
        self.record_event(user)

    def lock_account(self) -> AbstractBaseUser:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: there is none any more.
        """
        return closed_accounts.lock(self.input.user)

    def close(self, user: AbstractBaseUser) -> None:
        """Save that the account is inactive, which ends all access to it."""
        closed_accounts.close(user)

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who closed the account."""
        audit.record(
            "auth.account_closed",
            actor=self.input.actor,
            subject=user,
            client=self.input.client,
        )
