"""Opens an account that waits, for the owner of its address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import account_access, passwords, sign_up
from starterkit_core.services import new_users
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret
from starterkit_users.errors import InvalidInvitation
from starterkit_users.services import invitations


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverAccountInput(Input):
    """The locked account, and what its owner chose, which was checked."""

    user: AbstractBaseUser
    fields: Mapping[str, Any]
    password: Secret = field(repr=False)
    encoded: str = field(repr=False)
    """The hash of the password."""

    client: Client


class TakeOverAccount(UseCase[TakeOverAccountInput, AbstractBaseUser]):
    """Save password and names, and that the account is open and its address proven.

    Raises:
        InvalidInvitation: another account has just proven the address.
    """

    raises = (InvalidInvitation,)

    def run(self) -> AbstractBaseUser:
        user = self.input.user
        self.open_account(user)
        self.commit_requirements(user)
        self.confirm_address(user)
        return user

    def open_account(self, user: AbstractBaseUser) -> None:
        """Save password and names, and that the account is open."""
        given = self.input
        new_users.set_others(user, given.fields)
        passwords.put(user, given.password, given.encoded)
        invitations.open_account(user)

    def commit_requirements(self, user: AbstractBaseUser) -> None:
        """Save the fields that other modules and the project added."""
        sign_up.commit(user, self.input.extra, self.input.client)

    def confirm_address(self, user: AbstractBaseUser) -> None:
        """Save that the owner reads the mail of the address, where a module does.

        Raises:
            InvalidInvitation: another account has just proven it.
        """
        if not account_access.available():
            return
        try:
            account_access.confirm_address(user, actor=user, client=self.input.client)
        except account_access.CONFIRMATION_REFUSALS as error:
            raise InvalidInvitation from error
