"""Mails to an account owner whose address was entered by another user."""

from django.contrib.auth import get_user_model

from starterkit_auth.services import addresses
from starterkit_core.db.databases import rows_of
from starterkit_core.services.mail import Mail


class AlreadyRegisteredMail(Mail):
    """Tells the owner of an account of a sign-up with their address.

    Facts: ``user_id``, ``language``.
    """

    template = "starterkit_auth/mail/already_registered"

    def recipient(self) -> str | None:
        """Return the account's address, not the spelling in the request."""
        users = rows_of(get_user_model())
        user = users.filter(pk=self.facts["user_id"]).first()
        return addresses.mailbox_of(user) if user else None


class AddressInUseMail(AlreadyRegisteredMail):
    """Tells the owner of an account that another account asked for its address."""

    template = "starterkit_auth/mail/address_in_use"
