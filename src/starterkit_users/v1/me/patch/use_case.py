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
from starterkit_core.signals import account_updated, announce
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.preconditions import Precondition, no_precondition
from starterkit_core.utils.proofs import RequireProof, no_proof
from starterkit_users.services import account_changes, accounts
from starterkit_users.services.account_fields import PROVEN, changeable


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


class UpdateAccount(UseCase[UpdateAccountInput, AbstractBaseUser]):
    """Change the fields that the user sent, and announce it after the commit.

    Raises:
        AccountDeleted: the account was deleted during the request.
        InvalidPrecondition: the caller's condition is malformed.
        PreconditionFailed: another request has changed the account meanwhile.
        ValidationError: Django's; the user model refuses a value.
    """

    raises = (AccountDeleted, InvalidPrecondition, PreconditionFailed)

    def run(self) -> AbstractBaseUser:
        account: AbstractBaseUser = self.lock_account()
        self.check_precondition(account)
        fields = self.apply_changes(account)
        if fields:
            self.check_proof(fields)
            self.check_fields(account, fields)
            self.save(account, fields)
            self.record_event(account, fields)
            self.announce(account, fields)
        return account

    def lock_account(self) -> Any:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: it was deleted or erased during the request.
        """
        return accounts.lock(self.input.user)

    def check_precondition(self, account: AbstractBaseUser) -> None:
        """Refuse to overwrite what the caller has not read.

        A retry has nothing left to change, so it succeeds (RFC 9110, 13.1.1).

        Raises:
            InvalidPrecondition: the caller's condition is malformed.
            PreconditionFailed: another request has changed the account meanwhile.
        """
        try:
            self.input.precondition(account)
        except PreconditionFailed:
            changes = self.input.changes
            if self.input.extra or account_changes.changed(
                account, changes, allowed=changeable()
            ):
                raise

    def apply_changes(self, account: AbstractBaseUser) -> list[str]:
        """Set the editable fields, and return the names of those that changed."""
        return account_changes.apply(account, self.input.changes, allowed=changeable())

    def check_proof(self, fields: list[str]) -> None:
        """Ask for a recent proof of identity before another phone number is saved.

        With a session that was left open, or copied, an attacker could else put in the
        number to which a project sends codes.
        """
        if PROVEN.intersection(fields):
            self.input.require_proof()

    def check_fields(self, account: AbstractBaseUser, fields: list[str]) -> None:
        """Run the validators and the constraints of these fields, as a form would.

        Raises:
            ValidationError: Django's; a value is refused, or another account has it.
        """
        account_changes.check(account, fields)

    def save(self, account: AbstractBaseUser, fields: list[str]) -> None:
        """Save only these fields, so that no other column of a host is overwritten.

        Raises:
            ValidationError: Django's; another account has just taken a value.
        """
        account_changes.save(account, fields)

    def record_event(self, account: AbstractBaseUser, fields: list[str]) -> None:
        """Record which fields changed, but not their values."""
        audit.record(
            "users.account_updated",
            actor=self.input.user,
            subject=account,
            client=self.input.client,
            facts={"fields": fields},
        )

    def announce(self, account: AbstractBaseUser, fields: list[str]) -> None:
        """Send ``account_updated`` after the commit, so receivers see the saved row."""
        announce(account_updated, type(account), user=account, fields=fields)
