"""Proves the address of a registration; that makes the account of a sign-up."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ObjectDoesNotExist

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    challenges,
    hashing,
    kept_values,
    mail_limits,
    password_check,
    pending_registrations,
)
from starterkit_auth.services.purposes import REGISTRATION
from starterkit_auth.services.sessions import OpenedSession
from starterkit_auth.use_cases.create_account import CreateAccount, CreateAccountInput
from starterkit_auth.use_cases.open_session import OpenSession, OpenSessionInput
from starterkit_core import signals
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.ports import sign_up
from starterkit_core.services import audit
from starterkit_core.services.limits import Counted
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRegistrationInput(Input):
    """What was mailed, and what only the client of the registration has.

    That is a code with the token of the registration, or the token of a link with
    either that or the password.
    """

    registration_token: Secret = field(default=Secret(), repr=False)
    code: Secret = field(default=Secret(), repr=False)
    token: Secret = field(default=Secret(), repr=False)
    password: Secret = field(default=Secret(), repr=False)
    client: Client
    transport: str
    """``bearer`` or ``cookie``."""

    replaced: Secret = field(default=Secret(), repr=False)
    """The cookie that the new one replaces, or ``""``."""


class ConfirmRegistration(UseCase[ConfirmRegistrationInput, OpenedSession | None]):
    """Make the account of a sign-up whose address is proven, and open its session.

    If the account exists already, this saves that its address is proven. None if the
    project makes new accounts inactive: there is no session yet, but the account.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old, not of this registration,
            or the address has an account by now; the client is not told which.
        RateLimited: too many tries, from this network or of this password.
        Busy: too many passwords are being hashed; the try does not count.
        DomainError: a sign-up requirement of another module or the project is not met.
        ValidationError: Django's; the user model refuses a value, or another account
            got it meanwhile.
    """

    raises = (InvalidConfirmation, RateLimited)

    counted: Sequence[Counted]
    """The limits under which this try was counted."""

    pending: PendingRegistration
    """The registration that was confirmed."""

    @classmethod
    def refusals(cls) -> tuple[type[DomainError], ...]:
        """Return its own errors and those of the project's sign-up requirements."""
        return (*cls.raises, *sign_up.refusals())

    def prepare(self) -> None:
        self.check_limits()
        self.pending = self.find_registration()
        if self.input.token:
            self.check_link(self.pending)
        else:
            self.check_code(self.pending)
        if not self.input.registration_token:
            self.check_password(self.pending)

    def run(self) -> OpenedSession | None:
        if self.pending.is_sign_up:
            user = self.create_account(self.pending)
        else:
            user = self.verify_account(self.pending)
        self.record_event(user)
        self.announce(user)
        return self.open_session(user) if user.is_active else None

    def refused(self, error: DomainError) -> None:
        if isinstance(error, InvalidConfirmation):
            self.record_refusal()

    def check_limits(self) -> None:
        """Count the try by network; tries of one code are counted, too."""
        self.counted = mail_limits.count_try(REGISTRATION, self.input.client)

    def find_registration(self) -> PendingRegistration:
        """Return the registration of the token, or that of the link.

        Raises:
            InvalidConfirmation: there is none, or it is over.
        """
        if self.input.registration_token:
            pending = pending_registrations.find_own(self.input.registration_token)
        else:
            pending = pending_registrations.find_by_link(self.input.token)
        if pending is None:
            raise InvalidConfirmation
        return pending

    def check_link(self, pending: PendingRegistration) -> None:
        """Refuse a link that was not in the newest mail of this registration.

        Raises:
            InvalidConfirmation: it was not.
        """
        if not challenge_secrets.is_link_token_of(pending, self.input.token):
            raise InvalidConfirmation

    def check_code(self, pending: PendingRegistration) -> None:
        """Refuse a wrong code; this uses up one try.

        Raises:
            InvalidConfirmation: it is wrong, too old, or was tried too often.
        """
        pending_registrations.check_code(pending, self.input.code)

    def check_password(self, pending: PendingRegistration) -> None:
        """Refuse another password than that of the registration.

        Raises:
            InvalidConfirmation: it is another one.
            RateLimited: too many were tried.
        """
        with hashing.counted_turn(self.counted):
            given = self.input.password
            is_right = password_check.is_password_of_pending(pending, given)
        if not is_right:
            raise InvalidConfirmation

    def create_account(self, pending: PendingRegistration) -> AbstractBaseUser:
        """Return the account of the sign-up; the others of this address are over.

        Raises:
            InvalidConfirmation: another one was faster, the address has an account, or
                a row that the client chose was deleted meanwhile.
            ValidationError: Django's; the user model refuses a value.
        """
        pending_registrations.take(pending)
        return CreateAccount.execute(self._account_of(pending))

    def verify_account(self, pending: PendingRegistration) -> AbstractBaseUser:
        """Save that the user of an existing account reads the mail of its address.

        Raises:
            InvalidConfirmation: the account is not active, has another address or
                password by now, or another request proved the address.
        """
        account = challenges.lock_owner(pending)
        if account.verified:
            raise InvalidConfirmation
        pending_registrations.close(account.user)
        addresses.verify(account.user)
        return account.user

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

    def _account_of(self, pending: PendingRegistration) -> CreateAccountInput:
        """Return what the client sent when it signed up."""
        try:
            extra = kept_values.loaded(pending.extra)
        except ObjectDoesNotExist as error:
            raise InvalidConfirmation from error
        return CreateAccountInput(
            email=pending.address,
            password=self.input.password,
            encoded=pending.password,
            verified=True,
            client=pending_registrations.client_of(pending, self.input.client),
            extra=extra,
        )
