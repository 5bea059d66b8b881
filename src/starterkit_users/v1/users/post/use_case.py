from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import WeakPassword
from starterkit_core.ports import passwords
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret
from starterkit_users.errors import UserExists
from starterkit_users.use_cases.create_user import CreateUser, CreateUserInput


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUserInput(Input):
    """The account, and who makes it; the caller has checked permissions."""

    email: str
    password: Secret = field(default=Secret(), repr=False)
    """``""``: the account has none until a reset."""

    fields: Mapping[str, Any]
    actor: AbstractBaseUser
    client: Client


class AddUser(UseCase[AddUserInput, AbstractBaseUser]):
    """Save an active account for another person, without any rights.

    Raises:
        WeakPassword: the password is short, common or easily guessed.
        UserExists: another account has the address, or another unique value.
        ValidationError: Django's; the user model refuses a value, or lacks one.
    """

    raises = (WeakPassword, UserExists)

    encoded: str = ""
    """The hash of the password, or ``""``."""

    def prepare(self) -> None:
        self.check_account()
        if self.input.password:
            self.check_password()
            self.encoded = self.encode_password()

    def run(self) -> AbstractBaseUser:
        return self.create_user()

    def check_account(self) -> None:
        """Refuse what cannot be saved, before a password is hashed.

        Raises:
            ValidationError: Django's.
        """
        self._account.prepare()

    def check_password(self) -> None:
        """Refuse a weak password.

        Raises:
            WeakPassword: it is short, common or easily guessed.
        """
        given, account = self.input, self._account
        user = account.new_user(account.user_fields())
        passwords.check(given.password, email=given.email, user=user)

    def encode_password(self) -> str:
        """Return the hash; slow, so it is made outside the transaction."""
        return passwords.encode(self.input.password)

    def create_user(self) -> AbstractBaseUser:
        """Save the account.

        Raises:
            UserExists: another account has one of the values.
        """
        return CreateUser.execute(self._account_input())

    def _account_input(self) -> CreateUserInput:
        given = self.input
        return CreateUserInput(
            email=given.email,
            fields=given.fields,
            password=given.password,
            encoded=self.encoded,
            actor=given.actor,
            client=given.client,
            extra=given.extra,
        )

    @cached_property
    def _account(self) -> CreateUser:
        """The account that will be made, only to be checked here."""
        return CreateUser.active()(self._account_input())
