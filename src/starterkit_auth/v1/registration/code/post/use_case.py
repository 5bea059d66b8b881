"""Sends the mail that proves an address again."""

from dataclasses import dataclass

from starterkit_auth.mails import confirmations
from starterkit_auth.services import addresses, challenges, mail_limits
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.v1.registration.outcome import Registration
from starterkit_core.errors import RateLimited
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendCodeInput(Input):
    """The address to send to, and the client."""

    email: str
    client: Client


class ResendCode(UseCase[ResendCodeInput, Registration]):
    """Mail a new code and link to an address that is not proven yet.

    Response and work are the same whether or not there is such an account, and whether
    or not a mail was sent recently.

    Raises:
        RateLimited: too many mails were requested from this network.
    """

    raises = (RateLimited,)

    may_send: bool
    """Whether this address may get a mail."""

    def prepare(self) -> None:
        self.check_limits()
        self.may_send = self.may_send_mail()

    def run(self) -> Registration:
        if self.may_send:
            account = self.find_account()
            if account and self.is_unproven(account) and self.has_cooled_down(account):
                self.send_secrets(account)
            else:
                self.send_decoy()
        return Registration(email=self.input.email)

    def check_limits(self) -> None:
        """Count the request by network, not by address."""
        mail_limits.count_request(Purpose.REGISTRATION, self.input.client)

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether this address may get it, known or not."""
        given = self.input
        return mail_limits.has_room(given.email, Purpose.REGISTRATION, given.client)

    def find_account(self) -> Account | None:
        """Return the account with this address, locked, or None."""
        return addresses.look_up_locked(self.input.email)

    def is_unproven(self, account: Account) -> bool:
        """Return whether the account is active and its address is not proven yet."""
        return account.user.is_active and not account.verified

    def has_cooled_down(self, account: Account) -> bool:
        """Return whether the last mail is older than ``RESEND_COOLDOWN``."""
        user, address = account.user, self.input.email
        return challenges.has_cooled_down(user, address, Purpose.REGISTRATION)

    def send_secrets(self, account: Account) -> None:
        """Mail a new code and link; void former ones."""
        challenge = challenges.open_challenge(
            account.user, self.input.email, Purpose.REGISTRATION
        )
        client, shared = self.input.client, account.shared
        confirmations.send_secrets(challenge, client, shared=shared)

    def send_decoy(self) -> None:
        """Do the same work as for a mail, but send none."""
        confirmations.send_decoy(Purpose.REGISTRATION, self.input.client)
