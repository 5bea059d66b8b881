"""The mail with the link of an invitation; it contains no user input."""

from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import known_addresses
from starterkit_core.services.mail import Mail
from starterkit_core.utils.links import link
from starterkit_users.conf import conf
from starterkit_users.models import AbstractInvitation, Ending
from starterkit_users.services import invitations, user_rows

DAY = timedelta(days=1)


class InvitationMail(Mail):
    """Lets the reader take over the account; facts ``invitation_id``, ``language``."""

    template = "starterkit_users/mail/invitation"

    @cached_property
    def invitation(self) -> AbstractInvitation | None:
        """The invitation, or None if it was deleted."""
        return invitations.find(UUID(self.facts["invitation_id"]))

    @cached_property
    def user(self) -> AbstractBaseUser | None:
        """The invited user, or None if the invitation or the account is gone."""
        found = self.invitation
        return user_rows.find(str(found.user_id)) if found else None

    def reader(self) -> AbstractBaseUser | None:
        return self.user

    def recipient(self) -> str | None:
        """Return the address; None if the invitation is not open any more."""
        invitation = self.invitation
        if invitation is None or invitation.state != Ending.OPEN:
            return None
        is_for_user = invitations.is_for(invitation, self.user)
        return invitation.address if is_for_user else None

    def context(self) -> dict[str, Any]:
        """Return link and token; they are derived here and not stored before."""
        assert self.invitation is not None  # noqa: S101  # else there is no recipient
        token = invitations.token_of(self.invitation)
        return {
            "link": link(conf.INVITATION_URL, frontend=conf.FRONTEND_URL, token=token),
            "token": token,
            "days": max(conf.INVITATION_LIFETIME // DAY, 1),
        }


def mail_for(user: Any, language: str) -> Mail | None:
    """Return the invitation once more, for an owner who signs up instead; or None."""
    if not invitations.is_waiting(user):
        return None
    found = invitations.open_of(user)
    if found is None or found.state != Ending.OPEN:
        return None
    return InvitationMail(invitation_id=str(found.pk), language=language)


def register() -> None:
    """Register at core's port, for owners who sign up although they are invited."""
    known_addresses.register("starterkit_users", mail_for)
