from dataclasses import dataclass

from django.db import transaction

from starterkit_auth.services import addresses, challenges
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.challenges import PASSWORD_RESET
from starterkit_core.errors import RateLimited
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPasswordResetInput(Input):
    """Whose password it is, as somebody says."""

    email: str
    client: Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedPasswordReset:
    """What everybody is told, whoever they are."""

    email: str
    """As it was sent to us."""

    status: str = "reset_sent"


class StartPasswordReset(UseCase[StartPasswordResetInput, StartedPasswordReset]):
    """Mail a code and a link to the owner of an account, and tell the caller nothing.

    The answer is the same for every address in every state, and so is the work, but
    for two statements and what the mail takes; that is for a queue.

    Raises:
        RateLimited: too many requests from this network.
    """

    atomic = False
    raises = (RateLimited,)

    def run(self) -> StartedPasswordReset:
        self.check_limits()
        if self.may_send_mail():
            self.answer()
        return StartedPasswordReset(email=self.input.email)

    def check_limits(self) -> None:
        """Count the request; the address plays no part in this."""
        challenges.count_request(PASSWORD_RESET, self.input.client)

    def may_send_mail(self) -> bool:
        """Say whether this address may get a mail, and everybody together one more."""
        return challenges.room_for_mail(self.input.email, PASSWORD_RESET)

    def answer(self) -> None:
        """Write the request down, and mail whoever may set a new password."""
        with transaction.atomic():
            account = self.find_account()
            self.note(account)
            if account is not None and self.may_reset(account):
                self.send_secrets(account)
            else:
                self.send_nothing()

    def find_account(self) -> Account | None:
        """Return whose address it is, locked: of two requests one is the newer."""
        return addresses.look_up_locked(self.input.email)

    def may_reset(self, account: Account) -> bool:
        """Say whether the account is active and has a password.

        Who has none signs in by other means, perhaps because somebody decided so.
        """
        return account.user.is_active and account.user.has_usable_password()

    def send_secrets(self, account: Account) -> None:
        """Mail a code and a link to the address in the account; former ones die."""
        email, client = self.input.email, self.input.client
        challenge = challenges.open_challenge(account.user, email, PASSWORD_RESET)
        challenges.mail_confirmation(challenge, client)

    def send_nothing(self) -> None:
        """Do as if there were somebody to mail to."""
        challenges.mail_nobody(PASSWORD_RESET, self.input.client)

    def note(self, account: Account | None) -> None:
        """Write down that somebody asked, and about whom if that is known."""
        subject = account.user if account else None
        client = self.input.client
        audit.record("auth.password_reset_requested", subject=subject, client=client)
