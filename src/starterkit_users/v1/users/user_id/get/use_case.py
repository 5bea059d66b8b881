from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import UserNotFound
from starterkit_users.services import user_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUserInput(Input):
    """Which user; the caller has checked permissions."""

    user_id: str


class ReadUser(UseCase[ReadUserInput, AbstractBaseUser]):
    """Return one user, also one whom the default manager hides.

    Raises:
        UserNotFound: there is none.
    """

    raises = (UserNotFound,)
    atomic = False

    def run(self) -> AbstractBaseUser:
        return self.find_user()

    def find_user(self) -> AbstractBaseUser:
        """Return the user.

        Raises:
            UserNotFound: there is none.
        """
        user = user_rows.find(self.input.user_id)
        if user is None:
            raise UserNotFound
        return user
