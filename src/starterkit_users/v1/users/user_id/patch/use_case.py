"""Change the account of another user."""

from dataclasses import dataclass
from typing import Any, TypedDict

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import InvalidPrecondition, PreconditionFailed
from starterkit_core.services import audit
from starterkit_core.use_cases import Input
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.preconditions import Precondition, no_precondition
from starterkit_core.utils.proofs import RequireProof, no_proof
from starterkit_users.errors import (
    HigherRank,
    LastSuperuser,
    OwnRights,
    RightsLacked,
    UserNotFound,
)
from starterkit_users.services import ranks
from starterkit_users.services.account_fields import changeable
from starterkit_users.use_cases.changes_of_accounts import ChangeAccount


class UserChanges(TypedDict, total=False):
    """The fields to change; a key left out keeps its value."""

    first_name: str
    last_name: str
    is_staff: bool
    is_superuser: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateUserInput(Input):
    """Which user to change, how, and who does it; the caller checked permissions."""

    user_id: str
    changes: UserChanges
    actor: AbstractBaseUser | None = None
    """None if the project acts, such as by a command."""

    precondition: Precondition = no_precondition
    require_proof: RequireProof = no_proof
    """Called before a change of what needs a recent proof of identity."""

    client: Client = NO_CLIENT


class UpdateUser(ChangeAccount[UpdateUserInput]):
    """Change the fields that the administrator sent, and announce it after the commit.

    The address is none of them: that it is the user's is proven by its owner.

    Raises:
        UserNotFound: there is none.
        HigherRank: the user has a right that the actor lacks.
        RightsLacked: the actor gives or takes a right that they lack.
        OwnRights: only superusers change their own rights.
        LastSuperuser: no other superuser is active.
        InvalidPrecondition: the caller's condition is malformed.
        PreconditionFailed: another request has changed the account meanwhile.
        ValidationError: Django's; the user model refuses a value.
    """

    raises = (
        UserNotFound,
        HigherRank,
        RightsLacked,
        OwnRights,
        LastSuperuser,
        InvalidPrecondition,
        PreconditionFailed,
    )

    def run(self) -> AbstractBaseUser:
        user = self.lock_user()
        self.check_rank(user)
        self.check_precondition(user)
        self.check_rights(user)
        fields = self.apply_changes(user)
        if fields:
            self.check_proof(fields)
            self.check_fields(user, fields)
            self.save(user, fields)
            self.record_event(user, fields)
            self.announce(user, fields)
        return user

    def lock_user(self) -> AbstractBaseUser:
        """Return the user as saved, locked until the transaction ends.

        Raises:
            UserNotFound: there is none, or the account was erased.
        """
        user: AbstractBaseUser = ranks.lock_subject(self.input.user_id)
        return user

    def check_rank(self, user: AbstractBaseUser) -> None:
        """Refuse a user who ranks above the actor.

        Raises:
            HigherRank: the user has a right that the actor lacks.
        """
        ranks.require_rank(self.input.actor, user)

    def check_rights(self, user: AbstractBaseUser) -> None:
        """Refuse a change of rights that the actor may not make.

        Raises:
            RightsLacked: the actor lacks the right.
            OwnRights: the actor is the user, and no superuser.
            LastSuperuser: no other superuser is active.
        """
        changes: Any = self.input.changes
        flags = [
            name
            for name in ranks.FLAGS
            if name in changes and changes[name] != getattr(user, name)
        ]
        ranks.require_flags(self.input.actor, user, flags)
        if "is_superuser" in flags:
            ranks.keep_a_superuser(user)

    def record_event(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Record which fields changed, but not their values; of rights, these too."""
        rights = {name: getattr(user, name) for name in ranks.FLAGS if name in fields}
        audit.record(
            "users.user_updated",
            actor=self.input.actor,
            subject=user,
            client=self.input.client,
            facts={"fields": fields, **rights},
        )

    def _allowed(self) -> tuple[str, ...]:
        return (*changeable(), *ranks.FLAGS)

    def _proven(self) -> frozenset[str]:
        return super()._proven().union(ranks.FLAGS)
