from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_users.errors import (
    HigherRank,
    InvitationEnded,
    InvitationNotFound,
)
from starterkit_users.models import AbstractInvitation, Ending
from starterkit_users.services import invitations, ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeInvitationInput(Input):
    """Which invitation, and who revokes it; the caller has checked permissions."""

    invitation_id: UUID
    actor: AbstractBaseUser
    client: Client


class RevokeInvitation(UseCase[RevokeInvitationInput, None]):
    """End an invitation, and delete the account, which was never used.

    An account that rows of the project protect stays, closed, and can be invited
    again. To revoke twice has no further effect.

    Raises:
        InvitationNotFound: there is none.
        InvitationEnded: it was accepted.
        HigherRank: the account has rights that the administrator lacks.
    """

    raises = (InvitationNotFound, InvitationEnded, HigherRank)

    def run(self) -> None:
        invitation, user = self.lock_invitation()
        if invitation.ending == Ending.REVOKED:
            return
        self.check_open(invitation)
        self.check_rank(user)
        self.end(invitation)
        self.record_event(invitation, user)
        self.delete_account(invitation, user)

    def lock_invitation(self) -> tuple[AbstractInvitation, Any]:
        """Return the invitation and its account, both locked.

        Raises:
            InvitationNotFound: there is none.
        """
        invitation, user = invitations.lock(self.input.invitation_id)
        if invitation is None:
            raise InvitationNotFound
        return invitation, user

    def check_open(self, invitation: AbstractInvitation) -> None:
        """Refuse an invitation that was accepted; one that expired is revoked.

        Raises:
            InvitationEnded: it was.
        """
        if invitation.ending != Ending.OPEN:
            raise InvitationEnded

    def check_rank(self, user: Any) -> None:
        """Refuse to delete an account with rights that the administrator lacks.

        Raises:
            HigherRank: it has.
        """
        if user is not None:
            ranks.require_rank(self.input.actor, user)

    def end(self, invitation: AbstractInvitation) -> None:
        """Save that it was revoked; the token is void."""
        invitations.end(invitation, Ending.REVOKED)

    def record_event(self, invitation: AbstractInvitation, user: Any) -> None:
        """Record who revoked it, while there is the account."""
        audit.record(
            "users.invitation_revoked",
            actor=self.input.actor,
            subject=user,
            client=self.input.client,
            facts={"invitation": str(invitation.pk)},
        )

    def delete_account(self, invitation: AbstractInvitation, user: Any) -> None:
        """Delete the account, unless it is in use by now."""
        if user is not None:
            invitations.delete_account(invitation, user)
