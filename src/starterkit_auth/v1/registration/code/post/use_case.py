"""Sends the mail that confirms a registration again."""

from dataclasses import dataclass, field

from starterkit_auth.mails import registrations
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import mail_limits, pending_registrations
from starterkit_auth.services.purposes import REGISTRATION
from starterkit_auth.v1.registration.outcome import Registration
from starterkit_core.errors import RateLimited
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendCodeInput(Input):
    """The registration, by its token, and the client."""

    registration_token: Secret = field(repr=False)
    client: Client


class ResendCode(UseCase[ResendCodeInput, Registration]):
    """Mail a new code and link for a registration; the former ones are void.

    Response and work are the same whether or not the address has an account: only the
    mail tells. A token of no registration gets the same response, and no mail.

    Raises:
        RateLimited: too many mails were requested from this network.
    """

    raises = (RateLimited,)

    pending: PendingRegistration | None
    """The registration; None if it is over, or the token is not valid."""

    may_send: bool
    """Whether its address may get a mail."""

    def prepare(self) -> None:
        self.check_limits()
        self.pending = self.find_registration()
        self.may_send = self.pending is not None and self.may_send_mail(self.pending)

    def run(self) -> Registration:
        current = self.lock(self.pending) if self.pending and self.may_send else None
        if current and self.has_cooled_down(current):
            self.send_secrets(current)
        return Registration(registration_token=self.input.registration_token)

    def check_limits(self) -> None:
        """Count the request by network, not by address."""
        mail_limits.count_request(REGISTRATION, self.input.client)

    def find_registration(self) -> PendingRegistration | None:
        """Return the registration, or None."""
        return pending_registrations.find_own(self.input.registration_token)

    def may_send_mail(self, pending: PendingRegistration) -> bool:
        """Count the mail unless one was sent recently, and return whether it may go."""
        return self.has_cooled_down(pending) and mail_limits.has_room(
            pending.address, REGISTRATION, self.input.client
        )

    def lock(self, pending: PendingRegistration) -> PendingRegistration | None:
        """Return the registration as it is now, locked; None if it is over."""
        return pending_registrations.lock(pending)

    def has_cooled_down(self, pending: PendingRegistration) -> bool:
        """Return whether the last mail is older than ``RESEND_COOLDOWN``."""
        return pending_registrations.has_cooled_down(pending)

    def send_secrets(self, pending: PendingRegistration) -> None:
        """Mail a new code and link; void the former ones."""
        pending_registrations.renew(pending)
        registrations.send_secrets(pending, self.input.client)
