"""The mail that confirms a registration; it contains no user input."""

from functools import cached_property

from starterkit_auth.mails.confirmations import ChallengeMail
from starterkit_auth.mails.known_addresses import AlreadyRegisteredMail
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import addresses, pending_registrations
from starterkit_auth.services.purposes import REGISTRATION
from starterkit_core.utils.client import Client


def send_secrets(
    pending: PendingRegistration, client: Client, *, shared: bool = False
) -> None:
    """Mail code and link of ``pending`` after the commit.

    If the address is ``shared``, the mail says which account it is about.
    """
    ConfirmAddressMail(
        challenge_id=str(pending.pk),
        language=client.language,
        shared="yes" if shared else "",
    ).send_later()


class ConfirmAddressMail(ChallengeMail):
    """Proves the address of a registration; facts as those of ``ChallengeMail``.

    If the address of a sign-up has an account, its owner is told so instead. That is
    found out here, not in the request: its work is the same for every address.
    """

    purpose = REGISTRATION
    template = "starterkit_auth/mail/confirm_address"

    @cached_property
    def challenge(self) -> PendingRegistration | None:
        """The registration, or None if it is over."""
        return pending_registrations.find(self.facts["challenge_id"])

    def send(self) -> None:
        """Send this mail, or the one to the owner of an account."""
        pending = self.challenge
        if pending and pending.is_sign_up and addresses.is_held(pending.address):
            self.tell_owner(pending.address)
        else:
            super().send()

    def tell_owner(self, address: str) -> None:
        """Mail the owner, unless the account is hidden or of another spelling."""
        account = addresses.look_up(address)
        if account is not None:
            # Without a query for the user, which would tell the two apart.
            AlreadyRegisteredMail.about(account, self.facts["language"]).send()

    def recipient(self) -> str | None:
        """Return the address; ``""`` if that of the account changed."""
        pending = self.challenge
        is_sign_up = pending is not None and pending.is_sign_up
        return pending.address if pending and is_sign_up else super().recipient()
