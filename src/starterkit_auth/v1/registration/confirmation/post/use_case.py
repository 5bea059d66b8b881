"""Proves an address by the code or the link that was mailed to it."""

from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses, challenges, mail_limits
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.services.sessions import OpenedSession
from starterkit_auth.use_cases.open_session import OpenSession, OpenSessionInput
from starterkit_core import signals
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRegistrationInput(Input):
    """Either an address and a code, or the token of a link."""

    email: str = ""
    code: Secret = field(default=Secret(), repr=False)
    token: Secret = field(default=Secret(), repr=False)
    client: Client
    transport: str
    """``bearer`` or ``cookie``."""

    replaced: Secret = field(default=Secret(), repr=False)
    """The cookie that the new one replaces, or ``""``."""


class ConfirmRegistration(UseCase[ConfirmRegistrationInput, OpenedSession]):
    """Save that an address is proven, and open the first session of its account.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old, or the account is not
            active; the client is not told which.
        RateLimited: too many tries, from this network or for this address.
    """

    raises = (InvalidConfirmation, RateLimited)

    challenge: Challenge
    """The challenge that was answered."""

    def prepare(self) -> None:
        self.check_limits()
        self.challenge = self.find_challenge()

    def run(self) -> OpenedSession:
        user = self.lock_account(self.challenge)
        self.claim(self.challenge, user)
        self.verify_address(user)
        self.record_event(user)
        self.announce(user)
        return self.open_session(user)

    def refused(self, error: DomainError) -> None:
        if isinstance(error, InvalidConfirmation):
            self.record_refusal()

    def check_limits(self) -> None:
        """Count the try by network and, for a code, by address, known or not."""
        given = self.input
        mail_limits.count_try(Purpose.REGISTRATION, given.client, address=given.email)

    def find_challenge(self) -> Challenge:
        """Return the challenge that was answered; uses up a try if by code.

        Raises:
            InvalidConfirmation: the code or token is not valid.
        """
        return challenges.answer(
            Purpose.REGISTRATION,
            email=self.input.email,
            code=self.input.code,
            token=self.input.token,
        )

    def lock_account(self, challenge: Challenge) -> AbstractBaseUser:
        """Return the user, locked, so that no concurrent sign-up replaces the account.

        Raises:
            InvalidConfirmation: the account is not active, has another address or
                password by now, or its address is already proven.
        """
        account = challenges.lock_owner(challenge)
        if account.verified:
            raise InvalidConfirmation
        return account.user

    def claim(self, challenge: Challenge, user: AbstractBaseUser) -> None:
        """Mark the challenge as used, and void the account's other confirmations.

        Raises:
            InvalidConfirmation: another request was faster.
        """
        challenges.claim(challenge)
        challenges.supersede(user, Purpose.REGISTRATION)

    def verify_address(self, user: AbstractBaseUser) -> None:
        """Save that the user reads the mail of this address.

        Raises:
            InvalidConfirmation: another account has just proven it.
        """
        addresses.verify(user)

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record that the address was proven."""
        client = self.input.client
        audit.record("auth.address_confirmed", actor=user, subject=user, client=client)

    def announce(self, user: AbstractBaseUser) -> None:
        """Send ``address_confirmed`` after the commit."""
        facts = {"user": user, "address": addresses.mailbox_of(user)}
        signals.announce(signals.address_confirmed, type(user), **facts)

    def open_session(self, user: AbstractBaseUser) -> OpenedSession:
        """Open the session, as a sign-in does."""
        return OpenSession.execute(
            OpenSessionInput(
                user=user,
                client=self.input.client,
                transport=self.input.transport,
                method="confirmation",
                replaced=self.input.replaced,
            )
        )

    def record_refusal(self) -> None:
        """Record the refusal, without an account: it is not known."""
        audit.record("auth.confirmation_refused", client=self.input.client)
