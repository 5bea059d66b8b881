"""The mails about the deletion of an account."""

from typing import Any

from starterkit_users.mails.account_mail import AccountMail
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import account_links, lifecycle


class DeletionScheduledMail(AccountMail):
    """Says when the account will be erased, and how to keep it."""

    template = "starterkit_users/mail/deletion_scheduled"

    def is_due(self) -> bool:
        """Return whether the deletion is still scheduled."""
        return lifecycle.status_of(self.user) == Status.DELETION_SCHEDULED

    def context(self) -> dict[str, Any]:
        """Return the moment, and the page that takes it back, or ``""``."""
        return {
            "at": self.user.status_until,
            "link": account_links.restoration_link(self.user),
        }


class DeletionRequestedMail(AccountMail):
    """Has the link to the page that deletes the account."""

    template = "starterkit_users/mail/deletion_requested"

    def is_due(self) -> bool:
        """Return whether there is an account to delete."""
        return lifecycle.may_leave(self.user)

    def context(self) -> dict[str, Any]:
        """Return the link; it is derived here and not stored before."""
        return {"link": account_links.deletion_link(self.user)}
