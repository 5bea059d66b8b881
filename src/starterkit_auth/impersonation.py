"""Lets administrators act as other users, by a port of core."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import impersonations
from starterkit_auth.use_cases.begin_impersonation import (
    BeginImpersonation,
    BeginImpersonationInput,
)
from starterkit_auth.use_cases.end_impersonation import (
    EndImpersonation,
    EndImpersonationInput,
)
from starterkit_core.errors import DomainError
from starterkit_core.ports import impersonation
from starterkit_core.ports.impersonation import Begun
from starterkit_core.utils.client import Client


class OurImpersonations:
    """Answers core's port by the use cases of this module."""

    raises: tuple[type[DomainError], ...] = BeginImpersonation.raises

    def begin(
        self,
        user: AbstractBaseUser,
        *,
        actor: AbstractBaseUser,
        by: Any,
        client: Client,
    ) -> Begun:
        """Let ``actor`` act as ``user``; ``by`` is the session of the actor.

        Raises:
            DomainError: one of ``raises``.
        """
        return BeginImpersonation.execute(
            BeginImpersonationInput(user=user, actor=actor, by=by, client=client)
        )

    def end(
        self, user: AbstractBaseUser, *, actor: AbstractBaseUser, client: Client
    ) -> bool:
        """End what ``actor`` does as ``user``; return False if there is none."""
        row = impersonations.open_by(actor)
        if row is None or row.user_id != user.pk:
            return False
        return EndImpersonation.execute(
            EndImpersonationInput(impersonation=row, client=client)
        )


def register() -> None:
    """Register the answer at core's port."""
    impersonation.register(OurImpersonations())
