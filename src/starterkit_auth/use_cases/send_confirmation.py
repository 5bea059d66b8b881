"""Mails a code to a user who signs in before proving the address."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.mails import confirmations
from starterkit_auth.services import addresses, challenges, mail_limits
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import Purpose
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class SendConfirmationInput(Input):
    """Who has to prove which address."""

    user: AbstractBaseUser
    address: str
    client: Client


class SendConfirmation(UseCase[SendConfirmationInput, None]):
    """Mail a new code and link, unless one was sent recently or the limit is reached.

    Former ones are voided. The client is not told whether a mail is sent.
    """

    may_send: bool
    """Whether this address may get a mail."""

    def prepare(self) -> None:
        self.may_send = self.has_cooled_down() and self.may_send_mail()

    def run(self) -> None:
        account = self.find_account() if self.may_send else None
        if account and self.has_cooled_down():
            self.send_secrets(account)

    def has_cooled_down(self) -> bool:
        """Return whether the last mail is older than ``RESEND_COOLDOWN``.

        Asked before the mail is counted, and again when the account is locked.
        """
        user, address = self.input.user, self.input.address
        return challenges.has_cooled_down(user, address, Purpose.REGISTRATION)

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether this address may get it."""
        given = self.input
        return mail_limits.has_room(given.address, Purpose.REGISTRATION, given.client)

    def find_account(self) -> Account | None:
        """Return the account, locked; None if the user no longer has the address."""
        account = addresses.look_up_locked(self.input.address)
        is_theirs = account and account.user.pk == self.input.user.pk
        return account if is_theirs else None

    def send_secrets(self, account: Account) -> None:
        """Save a challenge and mail its code and link."""
        challenge = challenges.open_challenge(
            account.user, self.input.address, Purpose.REGISTRATION
        )
        client, shared = self.input.client, account.shared
        confirmations.send_secrets(challenge, client, shared=shared)
