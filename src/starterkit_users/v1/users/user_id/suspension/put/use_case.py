"""Suspends a user, for the endpoint and the administration."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.services import audit
from starterkit_core.use_cases import Input
from starterkit_core.utils import moments
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import (
    HigherRank,
    LastSuperuser,
    OwnAccount,
    UserNotFound,
    WrongStatus,
)
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import lifecycle, ranks
from starterkit_users.use_cases.acts_on_users import ActOnOther


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendUserInput(Input):
    """Whom to suspend, why and until when; the caller has checked permissions."""

    user_id: str
    reason: str
    """For administrators, and in the export of the user; at most 500 characters."""

    until: datetime | None = None
    """The end; None: until it is lifted. Ignored by a user model without the column."""

    actor: AbstractBaseUser | None = None
    """None for a command."""

    client: Client = NO_CLIENT


class SuspendUser(ActOnOther[SuspendUserInput, AbstractBaseUser]):
    """Close an account until a moment, or until it is lifted.

    All access ends. Of a suspended user, reason and end are changed.

    Raises:
        UserNotFound: there is none.
        OwnAccount: it is the actor.
        HigherRank: the user has rights that the actor lacks.
        LastSuperuser: no other superuser is active.
        WrongStatus: the user has not accepted the invitation, or leaves for good.
    """

    raises = (UserNotFound, OwnAccount, HigherRank, LastSuperuser, WrongStatus)

    def run(self) -> AbstractBaseUser:
        user: AbstractBaseUser = self.lock_user()
        self.check_actor(user)
        self.check_status(user)
        self.suspend(user)
        self.record_event(user)
        return user

    def check_actor(self, user: AbstractBaseUser) -> None:
        """Refuse also to suspend the last active superuser.

        Raises:
            OwnAccount: it is the actor.
            HigherRank: the user has a right that the actor lacks.
            LastSuperuser: no other superuser is active.
        """
        super().check_actor(user)
        ranks.keep_a_superuser(user)

    def check_status(self, user: AbstractBaseUser) -> None:
        """Refuse an account that was never used, or whose deletion is scheduled.

        Raises:
            WrongStatus: it is such an account.
        """
        lifecycle.require(user, Status.ACTIVE, Status.DEACTIVATED, Status.SUSPENDED)

    def suspend(self, user: AbstractBaseUser) -> None:
        """Save the suspension, which ends all access."""
        given = self.input
        lifecycle.change(
            user,
            Status.SUSPENDED,
            by=given.actor,
            reason=given.reason,
            until=given.until,
        )

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who suspended the user, why and until when."""
        given = self.input
        until = given.until and moments.iso(given.until)
        audit.record(
            "users.suspended",
            actor=given.actor,
            subject=user,
            client=given.client,
            reason=given.reason,
            facts={"until": until},
        )
