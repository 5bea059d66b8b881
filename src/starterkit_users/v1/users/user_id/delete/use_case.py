from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import (
    HigherRank,
    LastSuperuser,
    OwnAccount,
    UserNotFound,
)
from starterkit_users.models import Erasure
from starterkit_users.services import ranks
from starterkit_users.use_cases.acts_on_users import ActOnOther
from starterkit_users.use_cases.start_erasure import StartErasure, StartErasureInput


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseUserInput(Input):
    """Whom an administrator erases, and why; the caller has checked permissions."""

    user_id: str
    actor: AbstractBaseUser
    reason: str
    client: Client = NO_CLIENT


class EraseUser(ActOnOther[EraseUserInput, Erasure]):
    """Erase another user, whose rank is not higher.

    Raises:
        UserNotFound: there is none.
        OwnAccount: it is the account of the administrator.
        HigherRank: the user has a right that the administrator lacks.
        LastSuperuser: no active superuser would be left.
    """

    raises = (UserNotFound, OwnAccount, HigherRank, LastSuperuser)

    def run(self) -> Erasure:
        user = self.lock_user()
        self.check_actor(user)
        return self.start(user)

    def lock_user(self) -> AbstractBaseUser:
        """Return the user, locked until the transaction ends.

        Raises:
            UserNotFound: there is none.
        """
        user: AbstractBaseUser = ranks.lock_subject(self.input.user_id, erased=True)
        return user

    def start(self, user: AbstractBaseUser) -> Erasure:
        """Close the account, and erase its data in a task.

        Raises:
            LastSuperuser: no active superuser would be left.
        """
        given = self.input
        return StartErasure.execute(
            StartErasureInput(
                user=user, by=given.actor, reason=given.reason, client=given.client
            )
        )
