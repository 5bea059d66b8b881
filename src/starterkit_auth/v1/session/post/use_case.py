from dataclasses import dataclass, field

from starterkit_auth.conf import conf
from starterkit_auth.errors import EmailUnverified, InvalidCredentials
from starterkit_auth.services import (
    addresses,
    backend_accounts,
    django_signals,
    hashing,
    password_check,
    sign_in_limits,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.sessions import OpenedSession
from starterkit_auth.services.sign_in_limits import Attempt
from starterkit_auth.use_cases.open_session import OpenSession, OpenSessionInput
from starterkit_auth.use_cases.send_confirmation import (
    SendConfirmation,
    SendConfirmationInput,
)
from starterkit_core.addresses import canonical_email
from starterkit_core.db.databases import after_commit
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInInput(Input):
    """Address and password, the client, and the transport it asks for."""

    email: str
    """A well-formed address in any spelling."""

    password: Secret = field(repr=False)
    client: Client
    transport: str
    """``bearer`` or ``cookie``."""

    replaced: Secret = field(default=Secret(), repr=False)
    """The cookie that the new one replaces, or ``""``."""

    proofs: tuple[Secret, ...] = field(default=(), repr=False)
    """Tokens of former sessions, by which a device of the owner is known."""


class SignIn(UseCase[SignInInput, OpenedSession]):
    """Open a session for a client with the address and password of an account.

    Raises:
        RateLimited: too many attempts, whether the account exists or not.
        InvalidCredentials: wrong address or password, or the account is inactive.
        EmailUnverified: both are right, but the address is unproven; a code is mailed.
        ServiceUnavailable: a backend of the project failed.
        Busy: too many passwords are being hashed; the attempt does not count.
    """

    raises = (InvalidCredentials, EmailUnverified, RateLimited)

    attempt: Attempt
    """What is counted, and reset by a success."""

    found: Account | None = None
    """The account with this address, if any."""

    username: str = ""
    """The name by which backends and receivers of Django know the account."""

    account: Account
    """The account to sign in to, once the password is checked."""

    def prepare(self) -> None:
        self.check_room()
        self.check_limits()
        # First, so that without a turn no account is looked up.
        with hashing.counted_turn(self.attempt.counted):
            self.found = self.find_account()
            self.username = self.find_username(self.found)
            if conf.ASK_BACKENDS:
                self.account = self.ask_backends(self.found)
            else:
                self.account = self.check_password(self.found)
        self.check_account(self.account)

    def run(self) -> OpenedSession:
        opened = self.open_session(self.account)
        self.keep_address(self.found)
        self.forget_failures()
        return opened

    def refused(self, error: DomainError) -> None:
        if isinstance(error, (InvalidCredentials, EmailUnverified)):
            self.record_refusal(error)
        if isinstance(error, InvalidCredentials):
            self.announce_failure()
        if isinstance(error, EmailUnverified):
            error.facts = {"registration_token": self.send_confirmation()}

    def check_room(self) -> None:
        """Refuse a flood of attempts at the least cost.

        Raises:
            Busy: too many passwords are being hashed.
        """
        hashing.check_room()

    def check_limits(self) -> None:
        """Count the attempt before the password is hashed, which is expensive."""
        given = self.input
        key = canonical_email(given.email)  # other spellings give no extra attempts
        self.attempt = sign_in_limits.count(key, given.client, proofs=given.proofs)

    def find_account(self) -> Account | None:
        """Return the account with this address, or None."""
        return addresses.look_up(self.input.email)

    def find_username(self, account: Account | None) -> str:
        """Return the username of the account; without one, what the client typed."""
        return account.user.get_username() if account else self.input.email

    def ask_backends(self, account: Account | None) -> Account:
        """Return the account of the user whom ``AUTHENTICATION_BACKENDS`` accept.

        A user without a password here need not prove an address to us: the backend
        vouches. With one it is as ever, whichever backend accepts it.

        Raises:
            InvalidCredentials: none accepts it, or one accepts it for another user than
                the one with this address.
            ServiceUnavailable: a backend failed.
        """
        given = self.input
        return backend_accounts.accepted(
            account, self.username, given.password, given.client
        )

    def check_password(self, account: Account | None) -> Account:
        """Return the account if the password is right; without one it takes as long.

        Raises:
            InvalidCredentials: the password is wrong, or there is no account.
        """
        user = account.user if account else None
        is_right = password_check.is_password_of(user, self.input.password)
        if account is None or not is_right:
            raise InvalidCredentials(reason="wrong" if user else "unknown")
        return account

    def check_account(self, account: Account) -> None:
        """Refuse an account that may not sign in; called after the password check.

        Raises:
            InvalidCredentials: the account is not active.
            EmailUnverified: its address must be proven first.
        """
        if not account.user.is_active:
            raise InvalidCredentials(reason="inactive")
        if conf.EMAIL_VERIFICATION == "required" and not account.verified:
            raise EmailUnverified(reason="unverified")

    def open_session(self, account: Account) -> OpenedSession:
        """Open the session and record the sign-in."""
        return OpenSession.execute(
            OpenSessionInput(
                user=account.user,
                client=self.input.client,
                transport=self.input.transport,
                method="password",
                replaced=self.input.replaced,
            )
        )

    def keep_address(self, account: Account | None) -> None:
        """Save whose address it is, so that no later account takes it away.

        Without an account, a backend accepted a name that is no account's address here:
        the address of its user may be that of an older account.
        """
        if account and not account.registered:
            addresses.keep(account.user)

    def forget_failures(self) -> None:
        """Reset the count of this account, but not those by network and in total."""
        after_commit(self.attempt.succeed)

    def record_refusal(self, error: DomainError) -> None:
        """Record the refusal, with the reason that the client is not told."""
        audit.record(
            "auth.sign_in_refused",
            subject=self.found.user if self.found else None,
            client=self.input.client,
            facts={"reason": error.reason, "method": "password"},
        )

    def announce_failure(self) -> None:
        """Send Django's ``user_login_failed``."""
        django_signals.announce_failure(self.username, self.input.client)

    def send_confirmation(self) -> Secret:
        """Mail a new code to the unproven address; return the registration token."""
        return SendConfirmation.execute(
            SendConfirmationInput(
                user=self.account.user,
                address=self.input.email,
                client=self.input.client,
            )
        )
