"""Saves one row of an import: a new account, or other names of one that there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.services import audit
from starterkit_core.signals import account_updated, announce
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.lines import UNSAFE, one_line
from starterkit_users.errors import (
    HigherRank,
    NotChangeable,
    UnsafeText,
    UserExists,
    UserNotFound,
)
from starterkit_users.services import (
    account_changes,
    imports,
    lifecycle,
    new_accounts,
    ranks,
    user_rows,
)
from starterkit_users.services.account_fields import changeable
from starterkit_users.use_cases.create_user import CreateUser, CreateUserInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUserInput(Input):
    """The values of a row by field; an empty one is absent and changes no value."""

    key: str
    """The field by which the user is found."""

    values: Mapping[str, str]
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class ImportUser(UseCase[ImportUserInput, str]):
    """Create the user of a row, or change their names; return which of ``KINDS``.

    It never sets a password, a right or a state, and changes no address.

    Raises:
        UserNotFound: there is no user with this id.
        UserExists: another account has a value that must be unique.
        HigherRank: the user has a right that the actor lacks.
        NotChangeable: the row has another address or user name than the account.
        UnsafeText: a cell has control characters.
        ValidationError: Django's; the user model refuses a value, or lacks one.
    """

    raises = (UserNotFound, UserExists, HigherRank, NotChangeable, UnsafeText)

    def run(self) -> str:
        values = self.read_values()
        user = self.find_user(values)
        if user is None:
            return self.create(values)
        self.check_rank(user)
        self.check_kept(user, values)
        fields = self.update(user, values)
        if not fields:
            return "unchanged"
        self.record_event(user, fields)
        self.announce(user, fields)
        return "updated"

    def read_values(self) -> dict[str, str]:
        """Return the values, each on one line.

        Raises:
            UnsafeText: one has control characters.
        """
        values = self.input.values
        if unsafe := [name for name in values if UNSAFE.search(values[name])]:
            raise UnsafeText(facts={"fields": unsafe})
        return {name: one_line(values[name]) for name in values}

    def find_user(self, values: Mapping[str, str]) -> Any:
        """Return the user whom the row is about, locked, or None.

        Raises:
            UserNotFound: there is no user with this id.
        """
        key, value = self.input.key, values.get(self.input.key, "")
        if key == "id":
            return lifecycle.lock(value)
        found = self._named(key, value)
        return lifecycle.lock(str(found.pk)) if found else None

    def create(self, values: Mapping[str, str]) -> str:
        """Create the account, without a password."""
        given = self.input
        fields = {self._column(it): values[it] for it in values if it != "email"}
        CreateUser.execute(
            CreateUserInput(
                email=values.get("email", ""),
                fields=fields,
                actor=given.actor,
                client=given.client,
                extra=given.extra,
            )
        )
        return "created"

    def check_rank(self, user: Any) -> None:
        """Refuse an actor who ranks below the user.

        Raises:
            HigherRank: the user has a right that the actor lacks.
        """
        ranks.require_rank(self.input.actor, user)

    def check_kept(self, user: Any, values: Mapping[str, str]) -> None:
        """Refuse another address or user name than the account has.

        Raises:
            NotChangeable: there is one.
        """
        for name in ("email", imports.USERNAME):
            if name not in values or name in changeable():
                continue
            saved = {name: str(getattr(user, self._column(name)) or "")}
            if imports.key_of(saved, name) != imports.key_of(values, name):
                raise NotChangeable(facts={"fields": [name]})

    def update(self, user: Any, values: Mapping[str, str]) -> list[str]:
        """Change the names of the account; return the fields that differ.

        Raises:
            ValidationError: Django's; the user model refuses a value.
        """
        fields = account_changes.apply(user, values, allowed=changeable())
        if fields:
            account_changes.check(user, fields)
            account_changes.save(user, fields)
        return fields

    def record_event(self, user: Any, fields: list[str]) -> None:
        """Record which fields changed, but not their values."""
        audit.record(
            "users.user_updated",
            actor=self.input.actor,
            subject=user,
            client=self.input.client,
            facts={"fields": fields},
        )

    def announce(self, user: Any, fields: list[str]) -> None:
        """Tell other code after the commit."""
        announce(account_updated, type(user), user=user, fields=fields)

    def _named(self, key: str, value: str) -> Any:
        if key == "email":
            try:
                return new_accounts.with_address(value).first()
            except ValueError:  # no address: the user model says so of a new account
                return None
        same = {self._column(key): imports.key_of({key: value}, key)}
        return user_rows.all_users().filter(**same).first()

    def _column(self, name: str) -> str:
        model: Any = get_user_model()
        special = {"email": model.get_email_field_name()}
        if imports.has_username():
            special[imports.USERNAME] = str(model.USERNAME_FIELD)
        return str(special.get(name, name))
