"""Change the account of the signed-in user."""

from dataclasses import dataclass
from typing import TypedDict

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from starterkit_core.db.conflicts import is_duplicate
from starterkit_core.errors import AccountDeleted
from starterkit_core.services import audit
from starterkit_core.signals import account_updated, announce
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.services.account_fields import EDITABLE


class AccountChanges(TypedDict, total=False):
    """The fields to change; a key left out keeps its value."""

    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAccountInput(Input):
    """Whose account to change, how, and from where."""

    user: AbstractBaseUser
    changes: AccountChanges
    client: Client = NO_CLIENT


class UpdateAccount(UseCase[UpdateAccountInput, AbstractBaseUser]):
    """Change the fields that the user sent, and announce it after the commit.

    Raises:
        AccountDeleted: the account was deleted during the request.
        ValidationError: Django's; the user model refuses a value.
    """

    raises = (AccountDeleted,)

    def run(self) -> AbstractBaseUser:
        account = self.lock_account()
        fields = self.apply_changes(account)
        if fields:
            self.check_fields(account, fields)
            self.save(account, fields)
            self.record_event(account, fields)
            self.announce(account, fields)
        return account

    def lock_account(self) -> AbstractBaseUser:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: it was deleted during the request.
        """
        accounts = get_user_model()._base_manager.select_for_update()
        account = accounts.filter(pk=self.input.user.pk).first()
        if account is None:
            raise AccountDeleted
        return account

    def apply_changes(self, account: AbstractBaseUser) -> list[str]:
        """Set the editable fields, and return the names of those that changed."""
        changed = [
            name
            for name, value in self.input.changes.items()
            if name in EDITABLE and getattr(account, name) != value
        ]
        for name in changed:
            setattr(account, name, self.input.changes[name])  # type: ignore[literal-required]  # EDITABLE has the keys
        return changed

    def check_fields(self, account: AbstractBaseUser, fields: list[str]) -> None:
        """Run the validators and the constraints of these fields, as a form would.

        Raises:
            ValidationError: Django's; a value is refused, or another account has it.
        """
        others = {field.name for field in account._meta.fields} - {*fields}
        account.clean_fields(exclude=others)
        account.validate_unique(exclude=others)
        account.validate_constraints(exclude=others)

    def save(self, account: AbstractBaseUser, fields: list[str]) -> None:
        """Save only these fields, so that no other column of a host is overwritten.

        Raises:
            ValidationError: Django's; another account has just taken a value.
        """
        dated = "updated_at" in {field.name for field in account._meta.fields}
        try:
            account.save(update_fields=[*fields, *(["updated_at"] if dated else [])])
        except IntegrityError as error:
            if is_duplicate(error):
                raise ValidationError(_("Another account has these values.")) from error
            raise

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
