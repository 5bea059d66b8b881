"""Change the account of another user."""

from dataclasses import dataclass
from typing import Any, TypedDict

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import InvalidPrecondition, PreconditionFailed
from starterkit_core.services import audit
from starterkit_core.signals import account_updated, announce
from starterkit_core.use_cases import Input, UseCase
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
from starterkit_users.services import account_changes, ranks
from starterkit_users.services.account_fields import PROVEN, changeable


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


class UpdateUser(UseCase[UpdateUserInput, AbstractBaseUser]):
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

    def check_precondition(self, user: AbstractBaseUser) -> None:
        """Refuse to overwrite what the caller has not read.

        A retry has nothing left to change, so it succeeds (RFC 9110, 13.1.1).

        Raises:
            InvalidPrecondition: the caller's condition is malformed.
            PreconditionFailed: another request has changed the account meanwhile.
        """
        try:
            self.input.precondition(user)
        except PreconditionFailed:
            changes, allowed = self.input.changes, self._allowed()
            if self.input.extra or account_changes.changed(
                user, changes, allowed=allowed
            ):
                raise

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

    def apply_changes(self, user: AbstractBaseUser) -> list[str]:
        """Set the fields, and return the names of those that changed."""
        return account_changes.apply(user, self.input.changes, allowed=self._allowed())

    def check_proof(self, fields: list[str]) -> None:
        """Ask the actor for a recent proof of identity before rights change.

        So a session that was left open, or copied, gives an attacker no rights.
        """
        if PROVEN.union(ranks.FLAGS).intersection(fields):
            self.input.require_proof()

    def check_fields(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Run the validators and the constraints of these fields, as a form would.

        Raises:
            ValidationError: Django's; a value is refused, or another account has it.
        """
        account_changes.check(user, fields)

    def save(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Save only these fields, so that no other column of a host is overwritten.

        Raises:
            ValidationError: Django's; another account has just taken a value.
        """
        account_changes.save(user, fields)

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

    def announce(self, user: AbstractBaseUser, fields: list[str]) -> None:
        """Send ``account_updated`` after the commit, so receivers see the saved row."""
        announce(account_updated, type(user), user=user, fields=fields)

    def _allowed(self) -> tuple[str, ...]:
        return (*changeable(), *ranks.FLAGS)
