"""End that an administrator acts as another user."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import impersonation
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_users.errors import ImpersonationNotFound
from starterkit_users.services import user_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StopImpersonationInput(Input):
    """Who acts as whom; the caller checked permissions."""

    user_id: str
    actor: AbstractBaseUser
    client: Client


class StopImpersonation(UseCase[StopImpersonationInput, None]):
    """End what the actor does as a user; the token stops working at once.

    Raises:
        ImpersonationNotFound: the actor does not act as this user.
    """

    raises = (ImpersonationNotFound,)

    def run(self) -> None:
        self.end(self.find_user())

    def find_user(self) -> AbstractBaseUser:
        """Return the user.

        Raises:
            ImpersonationNotFound: there is none.
        """
        user = user_rows.find(self.input.user_id)
        if user is None:
            raise ImpersonationNotFound
        return user

    def end(self, user: AbstractBaseUser) -> None:
        """Let the module that has sessions end it, which records that, too.

        Raises:
            ImpersonationNotFound: the actor does not act as this user.
        """
        given = self.input
        if not impersonation.end(user, actor=given.actor, client=given.client):
            raise ImpersonationNotFound
