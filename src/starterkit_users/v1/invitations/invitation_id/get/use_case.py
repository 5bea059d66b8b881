from dataclasses import dataclass
from uuid import UUID

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import InvitationNotFound
from starterkit_users.models import AbstractInvitation
from starterkit_users.services import invitations


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInvitationInput(Input):
    """Which invitation; the caller has checked permissions."""

    invitation_id: UUID


class ReadInvitation(UseCase[ReadInvitationInput, AbstractInvitation]):
    """Return one invitation.

    Raises:
        InvitationNotFound: there is none.
    """

    raises = (InvitationNotFound,)
    atomic = False

    def run(self) -> AbstractInvitation:
        return self.find_invitation()

    def find_invitation(self) -> AbstractInvitation:
        """Return the invitation.

        Raises:
            InvitationNotFound: there is none.
        """
        found = invitations.find(self.input.invitation_id)
        if found is None:
            raise InvitationNotFound
        return found
