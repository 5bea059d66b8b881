"""Makes the account of a sign-up; the one place where a sign-up saves a user."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.services import addresses, passwords, user_addresses
from starterkit_core import signals
from starterkit_core.db.conflicts import is_duplicate
from starterkit_core.db.databases import accounts_database, transaction_of
from starterkit_core.ports import sign_up
from starterkit_core.services import audit, new_users
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccountInput(Input):
    """The sign-up: its address, password and client."""

    email: str
    password: Secret = field(default=Secret(), repr=False)
    """As the client sent it; ``""`` if only its hash is left."""

    encoded: str = field(default="", repr=False)
    """The hash of the password; not needed to check the other values."""

    verified: bool = False
    """Whether the user has proven to read the mail of the address."""

    client: Client


class CreateAccount(UseCase[CreateAccountInput, AbstractBaseUser]):
    """Save the user of a sign-up, the address, and what requirements ask for.

    Called by the proof of the address, in its transaction. Without
    ``EMAIL_VERIFICATION``, the sign-up calls it. Each sign-up runs ``prepare()``, so
    that it refuses what cannot be saved.

    Raises:
        ValidationError: Django's; the user model refuses a value, or another account
            has it.
        InvalidConfirmation: another account has the address.
        DomainError: a sign-up requirement of another module or the project is not met.
    """

    raises = (InvalidConfirmation,)

    def prepare(self) -> None:
        fields = self.user_fields()
        user = self.new_user(fields)
        self.check_fields(user, fields)
        self.check_unique(user, fields)

    def run(self) -> AbstractBaseUser:
        self.check_free()
        user = self.new_user(self.user_fields())
        self.save_account(user)
        self.commit_requirements(user)
        self.record_event(user)
        self.announce(user)
        return user

    def user_fields(self) -> dict[str, Any]:
        """Return the values of the new user, all but the password.

        If ``USERNAME_FIELD`` is not the address, it gets a random value that no client
        can guess. Called more than once, also for an address that has an account.
        """
        model = get_user_model()
        fields: dict[str, Any] = {}
        if user_addresses.has_email_field(model):
            fields[model.get_email_field_name()] = self.input.email
        if model.USERNAME_FIELD not in fields:
            fields |= new_users.username_for(model, self.input.email)
        return fields

    def new_user(self, fields: dict[str, Any]) -> AbstractBaseUser:
        """Return a new user, not saved yet."""
        user: AbstractBaseUser = get_user_model()(**fields)
        return user

    def check_fields(self, user: AbstractBaseUser, fields: dict[str, Any]) -> None:
        """Refuse what the user model refuses.

        Raises:
            ValidationError: Django's; such as an address that is too long for the
                column, or a value that a validator of the project refuses.
        """
        new_users.check_values(user, fields)

    def check_unique(self, user: AbstractBaseUser, fields: dict[str, Any]) -> None:
        """Refuse values of other accounts, whether or not the address has one.

        Raises:
            ValidationError: Django's; not for the address.
        """
        new_users.check_unique(user, fields)

    def check_free(self) -> None:
        """Refuse an address that has an account by now, even a hidden one.

        Raises:
            InvalidConfirmation: it has, or the collation treats it as equal to another.
        """
        if addresses.is_held(self.input.email):
            raise InvalidConfirmation

    def save_account(self, user: AbstractBaseUser) -> None:
        """Save the user with the password and the address.

        Raises:
            InvalidConfirmation: a concurrent request has just saved this address.
            ValidationError: Django's; the user model refuses a value, or another
                account has it, or no user name could be made up.
            IntegrityError: the user model needs a field that ``user_fields`` lacks.
        """
        given = self.input
        passwords.put(user, given.password, given.encoded)
        try:
            with transaction_of(accounts_database()):
                user.save()
                addresses.assign(user, given.email, verified=given.verified)
        except IntegrityError as error:
            self.check_free()
            if is_duplicate(error):
                raise ValidationError(_("Another account has these values.")) from error
            if user.get_username() is None:  # no value could be made up: W009
                required = ValidationError(_("This field is required."), "required")
                name = get_user_model().USERNAME_FIELD
                raise ValidationError({name: required}) from error
            raise

    def commit_requirements(self, user: AbstractBaseUser) -> None:
        """Save the fields that other modules and the project added."""
        sign_up.commit(user, self.input.extra, self.input.client)

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record the sign-up."""
        audit.record("auth.registered", subject=user, client=self.input.client)

    def announce(self, user: AbstractBaseUser) -> None:
        """Send ``account_registered`` after the commit."""
        facts = {"user": user, "address": self.input.email}
        signals.announce(signals.account_registered, type(user), **facts)
