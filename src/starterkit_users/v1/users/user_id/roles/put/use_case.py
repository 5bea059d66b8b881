"""Change the roles of a user."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import (
    HigherRank,
    OwnRights,
    RightsLacked,
    UnknownRole,
    UserNotFound,
)
from starterkit_users.services import lifecycle, ranks, roles
from starterkit_users.services.roles import KnownRole


class How(StrEnum):
    """What becomes of the roles that the user has."""

    SET = "set"
    """The user has the named roles and no other."""

    ADD = "add"
    """The user has the named roles as well."""

    REMOVE = "remove"
    """The user has all but the named roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRolesInput(Input):
    """Who gives which user which roles; the caller has checked permissions."""

    user_id: str
    roles: Collection[str]
    """Keys of roles."""

    how: How = How.SET
    """By default they are all roles that the user has afterwards."""

    actor: AbstractBaseUser | None = None
    """None: the project itself, such as a command; it may give every role."""

    client: Client = NO_CLIENT


class SetRoles(UseCase[SetRolesInput, list[str]]):
    """Change the roles of a user, and return the keys of all, in their order.

    Groups of the user that are no roles stay as they are. To set, to add and to remove
    roles is one act, so a host's override holds for each of them.

    Raises:
        UserNotFound: no user has this id.
        UnknownRole: no role has one of the keys.
        HigherRank: the user has a right that the actor lacks.
        OwnRights: the user is the actor, who is no superuser.
        RightsLacked: a new role has a permission that the actor lacks.
    """

    raises = (UserNotFound, UnknownRole, HigherRank, OwnRights, RightsLacked)

    def run(self) -> list[str]:
        user = self.lock_user()
        named = self.lock_roles()
        former = self.read_former(user)
        wanted = self.choose_roles(named, former)
        self.check_rank(user)
        self.check_givable(wanted, former)
        self.save(user, wanted)
        self.tell(user, former)
        return sorted(wanted)

    @cached_property
    def rank(self) -> ranks.Rank | None:
        """The rank of the actor; None if that is the project itself."""
        actor = self.input.actor
        return None if actor is None else ranks.Rank(actor)

    def lock_user(self) -> Any:
        """Return the user as saved, locked until the transaction ends.

        Raises:
            UserNotFound: no user has this id, or the account was erased.
        """
        return lifecycle.lock(self.input.user_id)

    def lock_roles(self) -> dict[str, KnownRole]:
        """Return the named roles by key, locked: no other act deletes one meanwhile.

        Raises:
            UnknownRole: no role has one of the keys.
        """
        wanted = {*self.input.roles}
        found = roles.lock_roles(wanted)
        if unknown := sorted(wanted - found.keys()):
            raise UnknownRole(facts={"roles": unknown})
        return found

    def read_former(self, user: Any) -> list[str]:
        """Return the keys of the roles that the user has until now."""
        return roles.roles_of(user)

    def choose_roles(
        self, named: dict[str, KnownRole], former: list[str]
    ) -> dict[str, KnownRole]:
        """Return the roles that the user has afterwards, by key."""
        if self.input.how == How.SET:
            return named
        had = roles.known_roles(former)
        if self.input.how == How.ADD:
            return had | named
        return {key: role for key, role in had.items() if key not in named}

    def check_rank(self, user: Any) -> None:
        """Refuse a user above the actor, and the actor, unless that is a superuser.

        Raises:
            HigherRank: the user has a right that the actor lacks.
            OwnRights: the user is the actor.
        """
        if self.rank is None or self.rank.is_highest:
            return
        if user.pk == self.rank.actor.pk:
            raise OwnRights
        if self.rank.is_below(user):
            raise HigherRank

    def check_givable(self, wanted: dict[str, KnownRole], former: list[str]) -> None:
        """Refuse to give a role with a permission that the actor lacks.

        Raises:
            RightsLacked: there is one that the user does not have yet.
        """
        if self.rank is None:
            return
        new = [role for key, role in sorted(wanted.items()) if key not in former]
        lacked = [it.key for it in new if self.rank.lacks(it.permissions)]
        if lacked:
            raise RightsLacked(facts={"roles": lacked})

    def save(self, user: Any, wanted: dict[str, KnownRole]) -> None:
        """Save that these are the user's roles."""
        roles.set_roles(user, wanted, wanted)

    def tell(self, user: Any, former: list[str]) -> None:
        """Record and announce the change, if there was one."""
        given = self.input
        roles.tell(user, former, actor=given.actor, client=given.client)
