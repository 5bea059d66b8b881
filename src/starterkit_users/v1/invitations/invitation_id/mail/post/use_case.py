from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import RateLimited
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_users.errors import (
    HigherRank,
    InvitationEnded,
    InvitationNotFound,
)
from starterkit_users.mails.invitations import InvitationMail
from starterkit_users.models import AbstractInvitation, Ending
from starterkit_users.services import invitation_limits, invitations, ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendInvitationInput(Input):
    """Which invitation, and who sends it; the caller has checked permissions."""

    invitation_id: UUID
    actor: AbstractBaseUser
    client: Client


class ResendInvitation(UseCase[ResendInvitationInput, AbstractInvitation]):
    """Mail a new link, which is valid from now on; the former one is void.

    Raises:
        InvitationNotFound: there is none.
        InvitationEnded: it was accepted or revoked, or its account is in use.
        HigherRank: the account has rights that the administrator lacks.
        RateLimited: too many mails by this administrator, or to this address.
    """

    raises = (InvitationNotFound, InvitationEnded, HigherRank, RateLimited)

    def prepare(self) -> None:
        self.check_limits(self.find_invitation())

    def run(self) -> AbstractInvitation:
        invitation, user = self.lock_invitation()
        self.check_rank(user)
        self.renew(invitation)
        self.send_mail(invitation)
        self.record_event(invitation, user)
        return invitation

    def find_invitation(self) -> AbstractInvitation:
        """Return the invitation, not locked.

        Raises:
            InvitationNotFound: there is none.
        """
        found = invitations.find(self.input.invitation_id)
        if found is None:
            raise InvitationNotFound
        return found

    def check_limits(self, invitation: AbstractInvitation) -> None:
        """Count the mail by administrator and by address."""
        invitation_limits.count_mail(invitation.address, self.input.actor)

    def lock_invitation(self) -> tuple[AbstractInvitation, Any]:
        """Return the invitation and its account, both locked.

        Raises:
            InvitationNotFound: it was deleted meanwhile.
            InvitationEnded: it was accepted or revoked, or its account is in use, or
                has another address.
        """
        invitation, user = invitations.lock(self.input.invitation_id)
        if invitation is None:
            raise InvitationNotFound
        if invitation.ending != Ending.OPEN or not invitations.is_for(invitation, user):
            raise InvitationEnded
        return invitation, user

    def check_rank(self, user: AbstractBaseUser) -> None:
        """Refuse an account with rights that the administrator lacks.

        Raises:
            HigherRank: it has.
        """
        ranks.require_rank(self.input.actor, user)

    def renew(self, invitation: AbstractInvitation) -> None:
        """Save a new token and a new end."""
        invitations.renew(invitation)

    def send_mail(self, invitation: AbstractInvitation) -> None:
        """Mail the link after the commit."""
        facts = {"language": self.input.client.language}
        InvitationMail(invitation_id=str(invitation.pk), **facts).send_later()

    def record_event(
        self, invitation: AbstractInvitation, user: AbstractBaseUser
    ) -> None:
        """Record who sent it again."""
        audit.record(
            "users.invitation_sent",
            actor=self.input.actor,
            subject=user,
            client=self.input.client,
            facts={"invitation": str(invitation.pk)},
        )
