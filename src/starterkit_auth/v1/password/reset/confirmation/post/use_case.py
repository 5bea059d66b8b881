"""Sets a new password with the code or the link that was mailed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import Challenge
from starterkit_auth.services import (
    addresses,
    challenges,
    hashing,
    mail_limits,
    passwords,
    sessions,
    sign_in_limits,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import Purpose
from starterkit_core import signals
from starterkit_core.errors import DomainError, RateLimited, WeakPassword
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.services.limits import Counted
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPasswordInput(Input):
    """Either an address and a code or the token of a link, and the new password."""

    email: str = ""
    code: Secret = field(default=Secret(), repr=False)
    token: Secret = field(default=Secret(), repr=False)
    new_password: Secret = field(repr=False)
    client: Client


class ResetPassword(UseCase[ResetPasswordInput, None]):
    """Set a new password for a user who reads the mail of the account.

    This also proves the address. Every session ends, and none is opened: the user signs
    in next, with any further checks that this requires.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old, or the account is not
            active, or has another address or password by now; the client is not told
            which.
        WeakPassword: the new one is short, common or easily guessed; code and link
            stay valid.
        RateLimited: too many tries, from this network or for this address.
        Busy: too many passwords are being hashed; the try does not count.
    """

    raises = (InvalidConfirmation, WeakPassword, RateLimited)

    counted: Sequence[Counted]
    """The limits under which this try was counted."""

    challenge: Challenge
    """The challenge that was answered."""

    encoded: str
    """The hash of the new password."""

    def prepare(self) -> None:
        self.check_limits()
        by_link = self.find_by_link() if self.input.token else None
        self.check_password(by_link.address_key if by_link else self.input.email)
        # First, so that without a turn no try of a code is used up.
        with hashing.counted_turn(self.counted):
            self.challenge = by_link or self.answer_by_code()
            self.check_password_of(self.challenge)
            self.encoded = self.encode_password()

    def run(self) -> None:
        account = self.lock_account(self.challenge)
        self.claim(self.challenge, account.user)
        self.set_password(account.user, self.encoded)
        self.verify_address(account)
        self.end_sessions(account.user)
        self.announce(account.user, self.record_event(account.user))
        self.forget_failures(self.challenge)

    def refused(self, error: DomainError) -> None:
        if isinstance(error, InvalidConfirmation):
            self.record_refusal()

    def check_limits(self) -> None:
        """Count the try by network and, for a code, by address, known or not."""
        given = self.input
        self.counted = mail_limits.count_try(
            Purpose.PASSWORD_RESET, given.client, address=given.email
        )

    def find_by_link(self) -> Challenge | None:
        """Return the challenge of the link, or None if the token is not valid."""
        return challenges.find_by_link(self.input.token, Purpose.PASSWORD_RESET)

    def check_password(self, email: str) -> None:
        """Refuse a weak password, whether or not the code or link is right.

        A code has few tries, so the password is checked before one is used up.

        Raises:
            WeakPassword: it is short, common or easily guessed.
        """
        passwords.check(self.input.new_password, email=email)

    def answer_by_code(self) -> Challenge:
        """Use up one try, and return the challenge if the code is right.

        Raises:
            InvalidConfirmation: it is wrong, or the request has an invalid token.
        """
        if self.input.token:
            raise InvalidConfirmation
        email, code = self.input.email, self.input.code
        return challenges.answer_by_code(email, code, Purpose.PASSWORD_RESET)

    def check_password_of(self, challenge: Challenge) -> None:
        """Refuse what the project's validators refuse for this very user.

        Only once the code or link is known to be right: validators that know the user
        would tell a guesser about names and former passwords.

        Raises:
            WeakPassword: such as a former password, or the last name.
        """
        passwords.check_for(challenge.user, self.input.new_password)

    def encode_password(self) -> str:
        """Return the hash; slow, so it is made outside the transaction."""
        return passwords.encode(self.input.new_password)

    def lock_account(self, challenge: Challenge) -> Account:
        """Return the account of the challenge, locked.

        Raises:
            InvalidConfirmation: the account is not active, or has another address or
                password by now.
        """
        return challenges.lock_owner(challenge)

    def claim(self, challenge: Challenge, user: AbstractBaseUser) -> None:
        """Mark the challenge as used, and void the unanswered ones except reversals.

        Raises:
            InvalidConfirmation: another request was faster.
        """
        challenges.claim(challenge)
        challenges.void_all(user)

    def set_password(self, user: AbstractBaseUser, encoded: str) -> None:
        """Save the new password."""
        passwords.put(user, self.input.new_password, encoded)
        user.save(update_fields=["password"])

    def verify_address(self, account: Account) -> None:
        """Save that the user reads the mail of this address, unless saved before.

        Raises:
            InvalidConfirmation: another account has just proven it.
        """
        if account.verified:
            return
        user, client = account.user, self.input.client
        addresses.verify(user)
        audit.record("auth.address_confirmed", actor=user, subject=user, client=client)
        facts = {"user": user, "address": addresses.mailbox_of(user)}
        signals.announce(signals.address_confirmed, type(user), **facts)

    def end_sessions(self, user: AbstractBaseUser) -> None:
        """End every session of the account."""
        sessions.end_sessions(user, "password_reset")

    def record_event(self, user: AbstractBaseUser) -> AuditEvent:
        """Record that the password was set."""
        client = self.input.client
        return audit.record(
            "auth.password_reset", actor=user, subject=user, client=client
        )

    def announce(self, user: AbstractBaseUser, event: AuditEvent) -> None:
        """Send ``password_changed`` after the commit."""
        facts = {"how": "reset", "session": None, "event": event}
        signals.announce(signals.password_changed, type(user), user=user, **facts)

    def forget_failures(self, challenge: Challenge) -> None:
        """Reset the counts of failed sign-ins: the owner can sign in at once."""
        sign_in_limits.forget_failures(challenge.address_key)

    def record_refusal(self) -> None:
        """Record the refusal, without an account: it is not known."""
        audit.record("auth.password_reset_refused", client=self.input.client)
