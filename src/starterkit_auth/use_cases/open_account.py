"""Opens a closed account again, for ``auth_suspend`` and for a project's own code."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import closed_accounts, reversals
from starterkit_core.errors import AccountDeleted
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAccountInput(Input):
    """Whose account, and who opens it; the caller has checked permissions."""

    user: AbstractBaseUser
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class OpenAccount(UseCase[OpenAccountInput, None]):
    """Set ``is_active`` to True; no session, code or link from before works again.

    Links that undo a change of address are void, too: the administrator has decided
    whose account it is.

    Raises:
        AccountDeleted: there is no such account any more.
    """

    raises = (AccountDeleted,)

    def run(self) -> None:
        user = self.lock_account()
        self.void_reversals(user)
        self.open(user)
        self.record_event(user)

    def lock_account(self) -> AbstractBaseUser:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: there is none any more.
        """
        return closed_accounts.lock(self.input.user)

    def void_reversals(self, user: AbstractBaseUser) -> None:
        """Void the links that undo a change of address."""
        reversals.void_of(user)

    def open(self, user: AbstractBaseUser) -> None:
        """Save that the account is active, which first ends what access is left."""
        closed_accounts.reopen(user)

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who opened the account."""
        audit.record(
            "auth.account_opened",
            actor=self.input.actor,
            subject=user,
            client=self.input.client,
        )
