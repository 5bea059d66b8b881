"""Send the mail that proves an address once more."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.services import addresses, challenges
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.challenges import REGISTRATION
from starterkit_auth.v1.registration.outcome import Registration
from starterkit_core.errors import RateLimited
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendCodeInput(Input):
    """Which address waits for a mail, and who says so."""

    email: str
    client: Client


class ResendCode(UseCase[ResendCodeInput, Registration]):
    """Mail a new code and link to an address that is still to be proven.

    The answer, and the work until it, are the same whether or not there is such an
    account, and whether or not a mail was sent lately.

    Raises:
        RateLimited: too many mails were asked for from this network.
    """

    atomic = False
    raises = (RateLimited,)

    def run(self) -> Registration:
        self.check_limits()
        if self.may_send_mail():
            self.send()
        return Registration(email=self.input.email)

    def check_limits(self) -> None:
        """Count the request; the address plays no part in this."""
        challenges.count_request(REGISTRATION, self.input.client)

    def may_send_mail(self) -> bool:
        """Say whether this address may get a mail, known or not."""
        return challenges.room_for_mail(self.input.email)

    def send(self) -> None:
        """Mail a new code and link if there is something to prove; former ones die."""
        with transaction.atomic():
            account = addresses.look_up_locked(self.input.email)
            if account and self.is_unproven(account) and self.has_cooled_down(account):
                challenge = challenges.open_challenge(account.user, self.input.email)
                challenges.mail_confirmation(challenge, self.input.client)
            else:
                self.send_nothing()

    def is_unproven(self, account: Account) -> bool:
        """Say whether the account waits for its address to be proven."""
        return account.user.is_active and not account.verified

    def has_cooled_down(self, account: Account) -> bool:
        """Say whether the last mail is old enough to be sent again."""
        lately = timezone.now() - conf.RESEND_COOLDOWN
        return not challenges.was_asked_since(lately, account.user)

    def send_nothing(self) -> None:
        """Do as much as for a mail, which then finds nobody to go to."""
        challenges.mail_nobody(REGISTRATION, self.input.client)
