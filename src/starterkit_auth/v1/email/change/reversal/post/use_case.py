"""Restores the former address of an account."""

from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import AddressDisputed, InvalidConfirmation
from starterkit_auth.models import Challenge
from starterkit_auth.services import (
    addresses,
    challenges,
    mail_limits,
    reversals,
    sessions,
)
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.use_cases.settle_dispute import SettleDispute, SettleDisputeInput
from starterkit_core import signals
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseEmailChangeInput(Input):
    """The token of the link in the mail to the former address."""

    token: Secret = field(repr=False)
    client: Client


class ReverseEmailChange(UseCase[ReverseEmailChangeInput, None]):
    """Restore the former address of an account.

    All sessions end, and all codes and links of later addresses are voided: to confirm
    a further change, to undo one, to set a password. This works for an inactive account
    too, as the attacker may have deactivated it.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old, or another account has
            the address by now; the client is not told which.
        AddressDisputed: the new address was proven again, and it is late; the account
            is closed.
        RateLimited: too many tries from this network.
    """

    raises = (InvalidConfirmation, AddressDisputed, RateLimited)

    challenge: Challenge
    """The challenge that the token answers."""

    def prepare(self) -> None:
        self.check_limits()
        self.challenge = self.find_challenge()

    def run(self) -> None:
        user = self.lock_account(self.challenge)
        self.check_undisputed(self.challenge)
        former = addresses.mailbox_of(user)
        self.claim(self.challenge, user)
        self.change_address(user, self.challenge.target)
        self.end_sessions(user)
        self.announce(user, former, self.record_event(user))

    def refused(self, error: DomainError) -> None:
        if isinstance(error, InvalidConfirmation):
            self.record_refusal()
        elif isinstance(error, AddressDisputed):
            self.settle_dispute(self.challenge)

    def check_limits(self) -> None:
        """Count the try by network."""
        mail_limits.count_try(Purpose.EMAIL_REVERSAL, self.input.client)

    def find_challenge(self) -> Challenge:
        """Return the challenge that the token answers.

        Raises:
            InvalidConfirmation: the token is not valid.
        """
        challenge = challenges.find_by_link(self.input.token, Purpose.EMAIL_REVERSAL)
        if challenge is None:
            raise InvalidConfirmation
        return challenge

    def lock_account(self, challenge: Challenge) -> AbstractBaseUser:
        """Return the user of the challenge, locked.

        Raises:
            InvalidConfirmation: the account was deleted.
        """
        user = addresses.lock(challenge.user_id)
        if user is None:
            raise InvalidConfirmation
        return user

    def check_undisputed(self, challenge: Challenge) -> None:
        """Refuse if the new address was proven again, and the undo comes late.

        Raises:
            AddressDisputed: neither address may take the account from the other.
        """
        if reversals.is_disputed(challenge):
            raise AddressDisputed

    def claim(self, challenge: Challenge, user: AbstractBaseUser) -> None:
        """Mark the challenge as used, and void those of all later addresses.

        Raises:
            InvalidConfirmation: another request was faster.
        """
        challenges.claim(challenge)
        reversals.void_since(challenge)
        challenges.void_all(user)

    def change_address(self, user: AbstractBaseUser, address: str) -> None:
        """Save the former address as proven.

        Raises:
            InvalidConfirmation: another account has it by now.
        """
        addresses.move(user, address)

    def end_sessions(self, user: AbstractBaseUser) -> None:
        """End every session of the account."""
        sessions.end_sessions(user, "email_change_reversed")

    def record_event(self, user: AbstractBaseUser) -> AuditEvent:
        """Record that the former address was restored."""
        client = self.input.client
        return audit.record(
            "auth.email_change_reversed", actor=user, subject=user, client=client
        )

    def announce(self, user: AbstractBaseUser, former: str, event: AuditEvent) -> None:
        """Send ``email_changed`` after the commit."""
        facts = {
            "former": former,
            "address": addresses.mailbox_of(user),
            "session": None,
            "event": event,
        }
        signals.announce(signals.email_changed, type(user), user=user, **facts)

    def settle_dispute(self, challenge: Challenge) -> None:
        """Close the account, and tell both addresses."""
        SettleDispute.execute(
            SettleDisputeInput(challenge=challenge, client=self.input.client)
        )

    def record_refusal(self) -> None:
        """Record the refusal, without an account: it is not known."""
        audit.record("auth.email_reversal_refused", client=self.input.client)
