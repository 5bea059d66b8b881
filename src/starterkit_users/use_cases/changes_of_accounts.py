"""What the changes of an account share, by its owner or an administrator."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import PreconditionFailed
from starterkit_core.signals import account_updated, announce
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.services import account_changes
from starterkit_users.services.account_fields import PROVEN, changeable

InputT = TypeVar("InputT", bound=Input)


class ChangeAccount(UseCase[InputT, AbstractBaseUser]):
    """A change; its input has changes, precondition and require_proof."""

    input: Any

    def check_precondition(self, user: AbstractBaseUser) -> None:
        """Refuse to overwrite what the caller has not read.

        A retry has nothing left to change, so it succeeds (RFC 9110, 13.1.1).

        Raises:
            InvalidPrecondition: the caller's condition is malformed.
            PreconditionFailed: another request has changed the account meanwhile.
        """
        try:
            self.input.precondition(user)
        except PreconditionFailed:
            changes, allowed = self.input.changes, self._allowed()
            if self.input.extra or account_changes.changed(
                user, changes, allowed=allowed
            ):
                raise

    def apply_changes(self, user: AbstractBaseUser) -> list[str]:
        """Set the allowed fields, and return the names of those that changed."""
        return account_changes.apply(user, self.input.changes, allowed=self._allowed())

    def check_proof(self, fields: list[str]) -> None:
        """Ask for a recent proof of identity before some fields change.

        So a session that was left open, or copied, gives an attacker neither rights nor
        the number to which a project sends codes.
        """
        if self._proven().intersection(fields):
            self.input.require_proof()

    def check_fields(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Run the validators and the constraints of these fields, as a form would.

        Raises:
            ValidationError: Django's; a value is refused, or another account has it.
        """
        account_changes.check(user, fields)

    def save(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Save only these fields, so that no other column of a host is overwritten.

        Raises:
            ValidationError: Django's; another account has just taken a value.
        """
        account_changes.save(user, fields)

    def announce(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Send ``account_updated`` after the commit, so receivers see the saved row."""
        announce(account_updated, type(user), user=user, fields=fields)

    def _allowed(self) -> Collection[str]:
        """Return the fields that the caller may change."""
        return changeable()

    def _proven(self) -> frozenset[str]:
        """Return those of them that need a recent proof."""
        return PROVEN
