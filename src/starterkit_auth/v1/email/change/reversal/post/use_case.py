"""Bring back the address that an account had."""

from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses, challenges, reversals, sessions
from starterkit_auth.services.challenges import EMAIL_REVERSAL
from starterkit_core import signals
from starterkit_core.errors import RateLimited
from starterkit_core.models import AuditEvent
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseEmailChangeInput(Input):
    """The token of the link in the mail to the former address."""

    token: str = field(repr=False)
    client: Client


class ReverseEmailChange(UseCase[ReverseEmailChangeInput, None]):
    """Give an account the address back that somebody has taken from it.

    All sessions end, and every later address loses what it could do: to confirm a
    further change, to undo one, to set a password. An account that is switched off
    gets its address back, too, as whoever took it may have done that.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old, or somebody else has the
            address by now; nobody learns which.
        RateLimited: too many tries from this network.
    """

    atomic = False
    raises = (InvalidConfirmation, RateLimited)

    def run(self) -> None:
        self.check_limits()
        try:
            self.reverse(self.find_challenge())
        except InvalidConfirmation:
            self.note("auth.email_reversal_refused", None)
            raise

    def reverse(self, challenge: Challenge) -> None:
        """Do all that follows from the right token, or nothing of it."""
        with transaction.atomic():
            user = self.lock_account(challenge)
            former = addresses.mailbox_of(user)
            self.use_up(challenge, user)
            self.change_address(user, challenge.target)
            self.end_sessions(user)
            self.announce(user, former)

    def check_limits(self) -> None:
        """Count the try."""
        challenges.count_try(EMAIL_REVERSAL, self.input.client)

    def find_challenge(self) -> Challenge:
        """Return the challenge that the token answers.

        Raises:
            InvalidConfirmation: there is none.
        """
        challenge = challenges.answered_by_link(self.input.token, EMAIL_REVERSAL)
        if challenge is None:
            raise InvalidConfirmation
        return challenge

    def lock_account(self, challenge: Challenge) -> AbstractBaseUser:
        """Return whose address it was, locked.

        Raises:
            InvalidConfirmation: the account is gone.
        """
        user = addresses.lock(challenge.user_id)
        if user is None:
            raise InvalidConfirmation
        return user

    def use_up(self, challenge: Challenge, user: AbstractBaseUser) -> None:
        """Claim the challenge, and void all that the addresses since could use.

        Raises:
            InvalidConfirmation: another request was faster.
        """
        if not challenges.use_up(challenge):
            raise InvalidConfirmation
        reversals.void_since(challenge)
        challenges.void_all(user)

    def change_address(self, user: AbstractBaseUser, address: str) -> None:
        """Save the former address, which is proven again by this.

        Raises:
            InvalidConfirmation: somebody else has it by now.
        """
        if not addresses.move(user, address):
            raise InvalidConfirmation

    def end_sessions(self, user: AbstractBaseUser) -> None:
        """End every session of the account, wherever it is."""
        sessions.end_sessions(user, "email_change_reversed")

    def announce(self, user: AbstractBaseUser, former: str) -> None:
        """Write it down, and send ``email_changed`` after the commit."""
        facts = {
            "former": former,
            "address": addresses.mailbox_of(user),
            "session": None,
            "event": self.note("auth.email_change_reversed", user),
        }
        signals.announce(signals.email_changed, type(user), user=user, **facts)

    def note(self, action: str, user: AbstractBaseUser | None) -> AuditEvent:
        """Write down what the person did, or that somebody tried."""
        client = self.input.client
        return audit.record(action, actor=user, subject=user, client=client)
