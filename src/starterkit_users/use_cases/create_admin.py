"""Makes the first administrator, for ``createadmin``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from starterkit_core.db.conflicts import is_duplicate
from starterkit_core.db.databases import accounts_database, transaction_of
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.secrets import Secret
from starterkit_users.errors import AdminExists
from starterkit_users.services import ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAdminInput(Input):
    """The columns of the administrator, by name, and the password."""

    fields: Mapping[str, Any]
    password: Secret = field(default=Secret(), repr=False)
    """``""``: the account has no password; its owner sets one by a mail."""

    even_if_there_is_one: bool = False


class CreateAdmin(UseCase[CreateAdminInput, AbstractBaseUser]):
    """Save a superuser, by ``create_superuser()`` of the project's user model.

    Raises:
        ValidationError: Django's; a value or the password is refused, or another
            account has the values.
        AdminExists: there is an active superuser.
    """

    raises = (AdminExists,)

    def prepare(self) -> None:
        user = self.new_user()
        self.check_fields(user)
        self.check_password(user)

    def run(self) -> AbstractBaseUser:
        self.check_first()
        user = self.save()
        self.record_event(user)
        return user

    def new_user(self) -> AbstractBaseUser:
        """Return a user with the given columns, not saved, to be checked."""
        user: AbstractBaseUser = get_user_model()(**self.input.fields)
        return user

    def check_fields(self, user: AbstractBaseUser) -> None:
        """Run the validators of the given columns, and of the name to sign in with.

        Raises:
            ValidationError: Django's.
        """
        checked = {*self.input.fields, get_user_model().USERNAME_FIELD}
        others = {it.name for it in user._meta.fields} - checked
        user.clean_fields(exclude=others)

    def check_password(self, user: Any) -> None:
        """Ask ``AUTH_PASSWORD_VALIDATORS``.

        Raises:
            ValidationError: Django's.
        """
        if self.input.password:
            validate_password(self.input.password, user)

    def check_first(self) -> None:
        """Refuse another administrator, unless that is what is wanted.

        Raises:
            AdminExists: there is an active superuser.
        """
        if not self.input.even_if_there_is_one and ranks.has_superuser():
            raise AdminExists

    def save(self) -> AbstractBaseUser:
        """Save the superuser.

        Raises:
            AdminExists: another deployment was faster.
            ValidationError: Django's; another account has these values.
        """
        users: Any = get_user_model()._default_manager
        given = self.input
        try:
            with transaction_of(accounts_database()):
                user: AbstractBaseUser = users.db_manager(
                    accounts_database()
                ).create_superuser(password=given.password or None, **given.fields)
        except IntegrityError as error:
            if is_duplicate(error):
                self.check_first()
                raise ValidationError(_("Another account has these values.")) from error
            raise
        return user

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record that the account was made; a command has no actor."""
        audit.record("users.admin_created", subject=user)
