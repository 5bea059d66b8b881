"""Let an administrator act as another user."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import DomainError
from starterkit_core.ports import impersonation
from starterkit_core.ports.impersonation import Begun
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_users.errors import NotBelowRank, UserNotFound
from starterkit_users.services import ranks, user_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class StartImpersonationInput(Input):
    """Who acts as whom, and why; the caller checked permissions."""

    user_id: str
    actor: AbstractBaseUser
    by: Any = field(repr=False)
    """``request.auth`` of the actor."""

    reason: str
    client: Client


class StartImpersonation(UseCase[StartImpersonationInput, Begun]):
    """Return a token by which the actor acts as the user, for a short time.

    Raises:
        UserNotFound: there is no such user.
        NotBelowRank: the user has all rights of the actor, or one that the actor lacks.
        DomainError: one of ``impersonation.refusals()``.
    """

    raises = (UserNotFound, NotBelowRank)

    @classmethod
    def refusals(cls) -> tuple[type[DomainError], ...]:
        """Return its own errors and those of the module that has sessions."""
        return (*cls.raises, *impersonation.refusals())

    def run(self) -> Begun:
        user = self.find_user()
        self.check_rank(user)
        begun = self.begin(user)
        self.record_event(user, begun)
        return begun

    def find_user(self) -> AbstractBaseUser:
        """Return the user.

        Raises:
            UserNotFound: there is none.
        """
        user = user_rows.find(self.input.user_id)
        if user is None:
            raise UserNotFound
        return user

    def check_rank(self, user: AbstractBaseUser) -> None:
        """Refuse the actors themselves, peers, and users who rank above.

        Raises:
            NotBelowRank: it is such a user.
        """
        if not ranks.Rank(self.input.actor).is_above(user):
            raise NotBelowRank

    def begin(self, user: AbstractBaseUser) -> Begun:
        """Let the module that has sessions begin it.

        Raises:
            DomainError: one of ``impersonation.refusals()``.
        """
        given = self.input
        return impersonation.begin(
            user, actor=given.actor, by=given.by, client=given.client
        )

    def record_event(self, user: AbstractBaseUser, begun: Begun) -> None:
        """Record who acts as whom, and why."""
        given = self.input
        audit.record(
            "users.impersonation_started",
            actor=given.actor,
            subject=user,
            client=given.client,
            reason=given.reason,
            facts={"impersonation": str(begun.id)},
        )
