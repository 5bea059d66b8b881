"""Mails a code to a user whose address is not proven yet."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.mails import registrations
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    mail_limits,
    pending_registrations,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import REGISTRATION
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SendConfirmationInput(Input):
    """Who has to prove which address."""

    user: AbstractBaseUser
    address: str
    client: Client


class SendConfirmation(UseCase[SendConfirmationInput, Secret]):
    """Mail a new code and link, unless one was sent recently or the limit is reached.

    Former ones are voided. Return the registration token for the client that knows the
    password, whether or not a mail was sent; ``""`` if the address changed meanwhile,
    or the account is closed.
    """

    may_send: bool
    """Whether this address may get a mail."""

    def prepare(self) -> None:
        self.may_send = (
            self.has_cooled_down(self.find_pending()) and self.may_send_mail()
        )

    def run(self) -> Secret:
        account = self.find_account()
        if account is None:
            return Secret()
        pending = self.open_pending(account)
        if self.may_send and self.has_cooled_down(pending):
            self.send_secrets(pending, account)
        return challenge_secrets.registration_token_of(pending)

    def find_pending(self) -> PendingRegistration | None:
        """Return the proof that the account waits for, if any."""
        return pending_registrations.of_user(self.input.user, self.input.address)

    def has_cooled_down(self, pending: PendingRegistration | None) -> bool:
        """Return whether the last mail is older than ``RESEND_COOLDOWN``.

        Asked before the mail is counted, and again when the account is locked.
        """
        return pending is None or pending_registrations.has_cooled_down(pending)

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether this address may get it."""
        given = self.input
        return mail_limits.has_room(given.address, REGISTRATION, given.client)

    def find_account(self) -> Account | None:
        """Return the account, locked; None if closed, or the address is another's."""
        account = addresses.look_up_locked(self.input.address)
        is_theirs = account and account.user.pk == self.input.user.pk
        return account if account and is_theirs and account.user.is_active else None

    def open_pending(self, account: Account) -> PendingRegistration:
        """Return what the account proves its address by."""
        return pending_registrations.open_for(account.user, self.input.address)

    def send_secrets(self, pending: PendingRegistration, account: Account) -> None:
        """Mail a new code and link."""
        pending_registrations.renew(pending)
        registrations.send_secrets(pending, self.input.client, shared=account.shared)
