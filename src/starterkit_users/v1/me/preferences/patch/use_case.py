"""Change the preferences of the signed-in user."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from starterkit_users.errors import PreferencesTooLarge
from starterkit_users.services import accounts

MAX_BYTES = 16_384
"""Maximum size of all preferences of a user, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePreferencesInput(Input):
    """Whose preferences to change, how, and from where."""

    user: AbstractBaseUser
    changes: Mapping[str, Any]
    """Validated JSON by key; None sets a preference back to its default."""

    precondition: Precondition = no_precondition
    client: Client = NO_CLIENT


class UpdatePreferences(UseCase[UpdatePreferencesInput, AbstractBaseUser]):
    """Change the preferences that the user sent; the others keep their values.

    Raises:
        AccountDeleted: the account was deleted during the request.
        InvalidPrecondition: the caller's condition is malformed.
        PreconditionFailed: another request has changed the preferences meanwhile.
        PreferencesTooLarge: all of them together would be.
    """

    raises = (
        AccountDeleted,
        InvalidPrecondition,
        PreconditionFailed,
        PreferencesTooLarge,
    )

    def run(self) -> AbstractBaseUser:
        account: AbstractBaseUser = self.lock_account()
        changed = self.apply_changes(account)
        if changed:
            self.check_size(account)
            self.save(account)
            self.record_event(account, changed)
            self.announce(account)
        return account

    def lock_account(self) -> Any:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: it was deleted or erased during the request.
        """
        return accounts.lock(self.input.user)

    def apply_changes(self, account: Any) -> list[str]:
        """Set the preferences sent, and return the keys of those that changed.

        A retry has nothing left to change, so it succeeds (RFC 9110, 13.1.1).

        Raises:
            InvalidPrecondition: the caller's condition is malformed.
            PreconditionFailed: another request has changed them meanwhile.
        """
        former = account.preferences if isinstance(account.preferences, dict) else {}
        merged = {**former, **self.input.changes}
        new = {key: value for key, value in merged.items() if value is not None}
        try:
            self.input.precondition(account)
        except PreconditionFailed:
            if new != former:
                raise
        account.preferences = new
        both = {*former, *new}
        return sorted(it for it in both if former.get(it) != new.get(it))

    def check_size(self, account: Any) -> None:
        """Refuse more than ``MAX_BYTES``.

        Raises:
            PreferencesTooLarge: they would be.
        """
        if len(json.dumps(account.preferences)) > MAX_BYTES:
            raise PreferencesTooLarge

    def save(self, account: Any) -> None:
        """Save only this column, so that no other one is overwritten."""
        dated = "updated_at" in {field.name for field in account._meta.fields}
        account.save(update_fields=["preferences", *(["updated_at"] if dated else [])])

    def record_event(self, account: Any, keys: list[str]) -> None:
        """Record which preferences changed, but not their values."""
        audit.record(
            "users.preferences_updated",
            actor=self.input.user,
            subject=account,
            client=self.input.client,
            facts={"keys": keys},
        )

    def announce(self, account: Any) -> None:
        """Send ``account_updated`` after the commit, so receivers see the saved row."""
        fields = ["preferences"]
        announce(account_updated, type(account), user=account, fields=fields)
