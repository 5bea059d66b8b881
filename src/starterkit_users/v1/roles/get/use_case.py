from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import Promise

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.services import roles
from starterkit_users.services.ranks import Rank
from starterkit_users.services.roles import KnownRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRolesInput(Input):
    """Who asks; the caller has checked permissions."""

    actor: AbstractBaseUser


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRole:
    """A role, and whether the administrator who asks may give it."""

    key: str
    name: str | Promise
    is_system: bool
    permissions: list[str]
    may_grant: bool


class ListRoles(UseCase[ListRolesInput, list[OfferedRole]]):
    """Return the roles of the project, in the order of their keys."""

    atomic = False

    def run(self) -> list[OfferedRole]:
        rank = Rank(self.input.actor)
        return [self.offer(role, rank) for role in self.find_roles()]

    def find_roles(self) -> list[KnownRole]:
        """Return the saved roles; there are as many as the code declares."""
        return [*roles.known_roles().values()]

    def offer(self, role: KnownRole, rank: Rank) -> OfferedRole:
        """Return what an administrator sees of a role."""
        return OfferedRole(
            key=role.key,
            name=role.name,
            is_system=role.is_system,
            permissions=sorted(role.permissions),
            may_grant=not rank.lacks(role.permissions),
        )
