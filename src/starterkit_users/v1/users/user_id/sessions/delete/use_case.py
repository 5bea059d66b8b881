"""Sign another user out everywhere."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import account_access
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import HigherRank, UserNotFound
from starterkit_users.services import ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class EndUserSessionsInput(Input):
    """Whose sessions, and who ends them; the caller checked permissions."""

    user_id: str
    actor: AbstractBaseUser | None = None
    """None if the project acts, such as by a command."""

    reason: str = ""
    client: Client = NO_CLIENT


class EndUserSessions(UseCase[EndUserSessionsInput, int]):
    """End all sessions of a user, and return how many there were.

    Repeating it is safe.

    Raises:
        UserNotFound: there is no such user.
        HigherRank: the user has a right that the actor lacks.
    """

    raises = (UserNotFound, HigherRank)

    def run(self) -> int:
        user = self.lock_user()
        self.check_rank(user)
        number = self.end_sessions(user)
        if number:
            self.record_event(user, number)
        return number

    def lock_user(self) -> AbstractBaseUser:
        """Return the user as saved, locked until the transaction ends.

        Raises:
            UserNotFound: there is none.
        """
        user: AbstractBaseUser = ranks.lock_subject(self.input.user_id)
        return user

    def check_rank(self, user: AbstractBaseUser) -> None:
        """Refuse a user who ranks above the actor.

        Raises:
            HigherRank: the user has a right that the actor lacks.
        """
        ranks.require_rank(self.input.actor, user)

    def end_sessions(self, user: AbstractBaseUser) -> int:
        """End them in the module that has them, and return how many there were."""
        given = self.input
        return account_access.end_sessions(user, actor=given.actor, client=given.client)

    def record_event(self, user: AbstractBaseUser, number: int) -> None:
        """Record who ended how many sessions, and why."""
        given = self.input
        audit.record(
            "users.sessions_ended",
            actor=given.actor,
            subject=user,
            client=given.client,
            reason=given.reason,
            facts={"number": number},
        )
