"""Lifts a suspension, for the endpoint and the administration."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.services import audit
from starterkit_core.use_cases import Input
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import HigherRank, OwnAccount, UserNotFound, WrongStatus
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import lifecycle
from starterkit_users.use_cases.acts_on_users import ActOnOther


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftSuspensionInput(Input):
    """Whose suspension, and who lifts it; the caller has checked permissions."""

    user_id: str
    actor: AbstractBaseUser | None = None
    """None for a command."""

    client: Client = NO_CLIENT


class LiftSuspension(ActOnOther[LiftSuspensionInput, AbstractBaseUser]):
    """Open a suspended account again; no session or link from before works.

    Of an active account it changes no row.

    Raises:
        UserNotFound: there is none.
        OwnAccount: it is the actor.
        HigherRank: the user has rights that the actor lacks.
        WrongStatus: the account is closed for another reason.
    """

    raises = (UserNotFound, OwnAccount, HigherRank, WrongStatus)

    def run(self) -> AbstractBaseUser:
        user: AbstractBaseUser = self.lock_user()
        self.check_actor(user)
        if self.is_suspended(user):
            self.lift(user)
            self.record_event(user)
        return user

    def is_suspended(self, user: AbstractBaseUser) -> bool:
        """Return whether there is a suspension to lift; False for an active account.

        Raises:
            WrongStatus: the account is in another state.
        """
        lifecycle.require(user, Status.SUSPENDED, Status.ACTIVE)
        return lifecycle.status_of(user) == Status.SUSPENDED

    def lift(self, user: AbstractBaseUser) -> None:
        """Save that the account is active."""
        lifecycle.change(user, Status.ACTIVE, by=self.input.actor)

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who lifted the suspension."""
        given = self.input
        audit.record(
            "users.suspension_lifted",
            actor=given.actor,
            subject=user,
            client=given.client,
        )
