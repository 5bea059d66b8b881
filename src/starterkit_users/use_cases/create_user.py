"""Makes an account for another person; the one place where administrators save one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import passwords
from starterkit_core.services import audit
from starterkit_core.signals import account_created, announce
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.secrets import Secret
from starterkit_users.errors import UserExists
from starterkit_users.services import invitations, new_accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUserInput(Input):
    """The account; the caller has checked permissions."""

    email: str = ""
    """``""`` only if the user model has no address."""

    fields: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Further values by the names of their columns, such as ``first_name``."""

    password: Secret = field(default=Secret(), repr=False)
    encoded: str = field(default="", repr=False)
    """The hash of the password; ``""``: the account has none until a reset."""

    invited: bool = False
    """Whether the account is closed until its owner accepts an invitation."""

    actor: AbstractBaseUser | None = None
    """The administrator; None is a command or a task."""

    client: Client = NO_CLIENT


class CreateUser(UseCase[CreateUserInput, AbstractBaseUser]):
    """Save an account without any rights.

    A host whose user model has required columns returns them from ``user_fields()``.
    What a host's request adds is saved in the column of the same name by itself.

    Raises:
        ValidationError: Django's; the user model refuses a value, or lacks one.
        UserExists: another account has the address, or another unique value.
    """

    raises = (UserExists,)

    def prepare(self) -> None:
        fields = self.user_fields()
        self.check_fields(self.new_user(fields), fields)

    def run(self) -> AbstractBaseUser:
        user = self.new_user(self.user_fields())
        self.check_free(user)
        self.save(user)
        self.record_event(user)
        self.announce(user)
        return user

    def user_fields(self) -> dict[str, Any]:
        """Return the values of the columns, all but the password; called twice."""
        given = self.input
        values = {**given.fields, **given.extra}
        return new_accounts.columns_for(given.email, values)

    def new_user(self, fields: dict[str, Any]) -> AbstractBaseUser:
        """Return a new user, not saved yet."""
        user: AbstractBaseUser = get_user_model()(**fields)
        if self.input.invited:
            invitations.close_until_accepted(user, by=self.input.actor)
        return user

    def check_fields(self, user: AbstractBaseUser, fields: dict[str, Any]) -> None:
        """Refuse what the user model refuses, and required columns without a value.

        Raises:
            ValidationError: Django's.
        """
        new_accounts.check(user, fields)

    def check_free(self, user: AbstractBaseUser) -> None:
        """Refuse values of another account.

        Raises:
            UserExists: another account has one.
        """
        new_accounts.check_free(user)

    def save(self, user: AbstractBaseUser) -> None:
        """Save the user, with the password or none.

        Raises:
            UserExists: a concurrent request has just saved an account like it.
        """
        given = self.input
        if given.encoded:
            passwords.put(user, given.password, given.encoded)
        else:
            user.set_unusable_password()
        new_accounts.save(user)

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who made the account."""
        given = self.input
        audit.record(
            "users.created", actor=given.actor, subject=user, client=given.client
        )

    def announce(self, user: AbstractBaseUser) -> None:
        """Send ``account_created`` after the commit."""
        announce(account_created, type(user), user=user, actor=self.input.actor)
