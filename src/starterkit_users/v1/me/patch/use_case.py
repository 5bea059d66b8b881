"""Change the account of the signed-in user."""

from dataclasses import dataclass
from typing import Any, TypedDict

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import (
    AccountDeleted,
    InvalidPrecondition,
    PreconditionFailed,
)
from starterkit_core.services import audit
from starterkit_core.use_cases import Input
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.preconditions import Precondition, no_precondition
from starterkit_core.utils.proofs import RequireProof, no_proof
from starterkit_users.services import accounts
from starterkit_users.use_cases.changes_of_accounts import ChangeAccount


class AccountChanges(TypedDict, total=False):
    """The fields to change; a key left out keeps its value."""

    first_name: str
    last_name: str
    locale: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAccountInput(Input):
    """Whose account to change, how, and from where."""

    user: AbstractBaseUser
    changes: AccountChanges
    precondition: Precondition = no_precondition
    require_proof: RequireProof = no_proof
    """Called before a change of what needs a recent proof of identity."""

    client: Client = NO_CLIENT


class UpdateAccount(ChangeAccount[UpdateAccountInput]):
    """Change the fields that the user sent, and announce it after the commit.

    Raises:
        AccountDeleted: the account was deleted during the request.
        InvalidPrecondition: the caller's condition is malformed.
        PreconditionFailed: another request has changed the account meanwhile.
        ValidationError: Django's; the user model refuses a value.
    """

    raises = (AccountDeleted, InvalidPrecondition, PreconditionFailed)

    def run(self) -> AbstractBaseUser:
        user: AbstractBaseUser = self.lock_account()
        self.check_precondition(user)
        fields = self.apply_changes(user)
        if fields:
            self.check_proof(fields)
            self.check_fields(user, fields)
            self.save(user, fields)
            self.record_event(user, fields)
            self.announce(user, fields)
        return user

    def lock_account(self) -> Any:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: it was deleted or erased during the request.
        """
        return accounts.lock(self.input.user)

    def record_event(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Record which fields changed, but not their values."""
        audit.record(
            "users.account_updated",
            actor=self.input.user,
            subject=user,
            client=self.input.client,
            facts={"fields": fields},
        )
