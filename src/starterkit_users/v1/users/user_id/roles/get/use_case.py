from dataclasses import dataclass
from typing import Any

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import UserNotFound
from starterkit_users.services import roles, user_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUserRolesInput(Input):
    """Whose roles; the caller has checked permissions."""

    user_id: str


class ReadUserRoles(UseCase[ReadUserRolesInput, list[str]]):
    """Return the keys of a user's roles, in their order.

    Raises:
        UserNotFound: no user has this id.
    """

    raises = (UserNotFound,)
    atomic = False

    def run(self) -> list[str]:
        return self.find_roles(self.find_user())

    def find_user(self) -> Any:
        """Return the user.

        Raises:
            UserNotFound: there is none.
        """
        user = user_rows.find(self.input.user_id)
        if user is None:
            raise UserNotFound
        return user

    def find_roles(self, user: Any) -> list[str]:
        """Return the keys of the user's roles."""
        return roles.roles_of(user)
