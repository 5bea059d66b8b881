"""Read the preferences of the signed-in user."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPreferencesInput(Input):
    """Whose preferences to read."""

    user: AbstractBaseUser


class ReadPreferences(UseCase[ReadPreferencesInput, AbstractBaseUser]):
    """Return the account, whose preferences core's port reads."""

    atomic = False

    def run(self) -> AbstractBaseUser:
        return self.get_account()

    def get_account(self) -> AbstractBaseUser:
        """Return the row that authentication has loaded already."""
        return self.input.user
