from dataclasses import dataclass

from starterkit_auth.mails import confirmations
from starterkit_auth.services import addresses, challenges, mail_limits, passwords
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import Purpose
from starterkit_core.errors import RateLimited
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPasswordResetInput(Input):
    """The address of the account, as the client sent it."""

    email: str
    client: Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedPasswordReset:
    """The same output whether or not there is an account."""

    email: str
    """As sent in the request."""

    status: str = "reset_sent"


class StartPasswordReset(UseCase[StartPasswordResetInput, StartedPasswordReset]):
    """Mail a code and a link to the owner of an account, if the address has one.

    Response and work are the same for every address in every state, except for two
    statements. No request waits for the mail server.

    Raises:
        RateLimited: too many requests from this network.
    """

    raises = (RateLimited,)

    may_send: bool
    """Whether this address may get a mail; if not, no event is recorded either."""

    def prepare(self) -> None:
        self.check_limits()
        self.may_send = self.may_send_mail()

    def run(self) -> StartedPasswordReset:
        if self.may_send:
            account = self.find_account()
            self.record_event(account)
            if account is not None and self.may_reset(account):
                self.send_secrets(account)
            else:
                self.send_decoy()
        return StartedPasswordReset(email=self.input.email)

    def check_limits(self) -> None:
        """Count the request by network, not by address."""
        mail_limits.count_request(Purpose.PASSWORD_RESET, self.input.client)

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether this address may get it, known or not."""
        given = self.input
        return mail_limits.has_room(given.email, Purpose.PASSWORD_RESET, given.client)

    def find_account(self) -> Account | None:
        """Return the account, locked to serialize concurrent requests, or None."""
        return addresses.look_up_locked(self.input.email)

    def record_event(self, account: Account | None) -> None:
        """Record the request, for the account if there is one."""
        audit.record(
            "auth.password_reset_requested",
            subject=account.user if account else None,
            client=self.input.client,
        )

    def may_reset(self, account: Account) -> bool:
        """Return whether the account is active and has a password.

        An account without one signs in by other means, possibly on purpose.
        """
        return account.user.is_active and passwords.is_set(account.user)

    def send_secrets(self, account: Account) -> None:
        """Mail a code and a link to the address in the account; void former ones.

        They are bound to the canonical form of the address in the request.
        """
        challenge = challenges.open_challenge(
            account.user, self.input.email, Purpose.PASSWORD_RESET
        )
        client, shared = self.input.client, account.shared
        confirmations.send_secrets(challenge, client, shared=shared)

    def send_decoy(self) -> None:
        """Do the same work as for a mail, but send none."""
        confirmations.send_decoy(Purpose.PASSWORD_RESET, self.input.client)
