"""Send the mail that proves an address once more."""

from dataclasses import dataclass

from django.utils import timezone

from starterkit_auth.conf import conf
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
    """Which address waits for a mail, as the client says."""

    email: str
    client: Client


class ResendCode(UseCase[ResendCodeInput, Registration]):
    """Mail a new code and link to an address that is still to be proven.

    The answer, and the work until it, are the same whether or not there is such an
    account, and whether or not a mail was sent lately.

    Raises:
        RateLimited: too many mails were asked for from this network.
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
        """Count the request; the address plays no part in this."""
        mail_limits.count_request(Purpose.REGISTRATION, self.input.client)

    def may_send_mail(self) -> bool:
        """Return whether this address may get a mail, known or not."""
        return mail_limits.has_room(self.input.email, Purpose.REGISTRATION)

    def find_account(self) -> Account | None:
        """Return whose address it is, locked."""
        return addresses.look_up_locked(self.input.email)

    def is_unproven(self, account: Account) -> bool:
        """Return whether the account waits for its address to be proven."""
        return account.user.is_active and not account.verified

    def has_cooled_down(self, account: Account) -> bool:
        """Return whether the last mail is old enough to be sent again."""
        since = timezone.now() - conf.RESEND_COOLDOWN
        return not challenges.was_asked_since(since, account.user, Purpose.REGISTRATION)

    def send_secrets(self, account: Account) -> None:
        """Mail a new code and link; former ones are void."""
        challenge = challenges.open_challenge(
            account.user, self.input.email, Purpose.REGISTRATION
        )
        confirmations.send_secrets(challenge, self.input.client)

    def send_decoy(self) -> None:
        """Do as much as for a mail, without sending one."""
        confirmations.send_decoy(Purpose.REGISTRATION, self.input.client)
