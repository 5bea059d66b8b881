"""Proves the new address of an account, and saves it."""

from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.mails.email_changes import EmailChangedMail
from starterkit_auth.models import AbstractSession, Challenge
from starterkit_auth.services import (
    addresses,
    challenges,
    mail_limits,
    reversals,
    sessions,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import Purpose
from starterkit_core import signals
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmEmailChangeInput(Input):
    """The code, which needs a signed-in user, or the token of the link."""

    user: AbstractBaseUser | None
    """The signed-in user, if any."""

    session: AbstractSession | None
    """The session of this request; None if authenticated by other means."""

    code: Secret = field(default=Secret(), repr=False)
    token: Secret = field(default=Secret(), repr=False)
    client: Client


class ConfirmEmailChange(UseCase[ConfirmEmailChangeInput, AbstractBaseUser]):
    """Save the new address of an account, which its user has proven.

    Unanswered challenges are voided, except reversals, and every session except the one
    of this request ends. The former address gets a mail and, if it was proven, can undo
    the change.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old; or the account is not
            active, or has another address or password by now; or another account has
            the new address. The client is not told which.
        RateLimited: too many tries, from this network or for this account.
    """

    raises = (InvalidConfirmation, RateLimited)

    challenge: Challenge
    """The challenge that was answered."""

    def prepare(self) -> None:
        own_address = self.own_address()
        self.check_limits(own_address)
        self.challenge = self.find_challenge(own_address)

    def run(self) -> AbstractBaseUser:
        account = self.lock_account(self.challenge)
        user, former = account.user, addresses.mailbox_of(account.user)
        self.claim(self.challenge, user)
        self.change_address(user, self.challenge.target)
        self.tell_former(account, former, self.challenge.target)
        self.end_sessions(user)
        self.announce(user, former, self.record_event(user))
        return user

    def refused(self, error: DomainError) -> None:
        if isinstance(error, InvalidConfirmation):
            self.record_refusal()

    def own_address(self) -> str:
        """Return the address of the signed-in user, which a code is bound to."""
        user = self.input.user
        return addresses.key_of(user) if user and self.input.code else ""

    def check_limits(self, own_address: str) -> None:
        """Count the try by network and, for a code, by the account's address."""
        client = self.input.client
        mail_limits.count_try(Purpose.EMAIL_CHANGE, client, address=own_address)

    def find_challenge(self, own_address: str) -> Challenge:
        """Return the challenge that was answered; uses up a try if by code.

        Raises:
            InvalidConfirmation: the code or token is not valid.
        """
        if not (self.input.token or own_address):
            raise InvalidConfirmation
        return challenges.answer(
            Purpose.EMAIL_CHANGE,
            email=own_address,
            code=self.input.code,
            token=self.input.token,
        )

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

    def change_address(self, user: AbstractBaseUser, address: str) -> None:
        """Save the new address as proven.

        Raises:
            InvalidConfirmation: another account has it by now.
        """
        addresses.move(user, address)

    def tell_former(self, account: Account, former: str, address: str) -> None:
        """Mail the former address how to undo this, unless this is an undo itself."""
        user, undo = account.user, account.verified
        if way_back := reversals.way_back_to(user, address):
            reversals.void_since(way_back)
            undo = False
        challenge = reversals.open_way_back(user, former, undo=undo)
        language = self.input.client.language
        EmailChangedMail(challenge_id=str(challenge.pk), language=language).send_later()

    def end_sessions(self, user: AbstractBaseUser) -> None:
        """End every session of the account except the one of this request."""
        current = self._session_of(user)
        but = current.pk if current else None
        sessions.end_sessions(user, "email_changed", but=but)

    def record_event(self, user: AbstractBaseUser) -> AuditEvent:
        """Record that the address changed."""
        client = self.input.client
        return audit.record(
            "auth.email_changed", actor=user, subject=user, client=client
        )

    def announce(self, user: AbstractBaseUser, former: str, event: AuditEvent) -> None:
        """Send ``email_changed`` after the commit."""
        facts = {
            "former": former,
            "address": addresses.mailbox_of(user),
            "session": self._session_of(user),
            "event": event,
        }
        signals.announce(signals.email_changed, type(user), user=user, **facts)

    def record_refusal(self) -> None:
        """Record the refusal, for the signed-in user if there is one."""
        user, client = self.input.user, self.input.client
        audit.record(
            "auth.email_change_refused", actor=user, subject=user, client=client
        )

    def _session_of(self, user: AbstractBaseUser) -> AbstractSession | None:
        """Return the session of this request, if it is one of ``user``."""
        session = self.input.session
        return session if session and session.user_id == user.pk else None
