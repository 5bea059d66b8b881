from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from starterkit_auth.errors import InvalidConfirmation, WeakPassword
from starterkit_auth.models import Challenge
from starterkit_auth.services import (
    accounts,
    addresses,
    challenges,
    credentials,
    passwords,
    sessions,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.challenges import PASSWORD_RESET
from starterkit_core import signals
from starterkit_core.errors import RateLimited
from starterkit_core.models import AuditEvent
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.services.limits import forget
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPasswordInput(Input):
    """Either an address and a code or the token of a link, and the new password."""

    email: str = ""
    code: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    new_password: str = field(repr=False)
    client: Client


class ResetPassword(UseCase[ResetPasswordInput, None]):
    """Set a new password for whoever reads the mail of an account.

    Reading it also proves the address. Every session ends, and none is opened: signing
    in comes next, with whatever else that asks for.

    A tried code stays counted whatever happens next, so this is no transaction as a
    whole; what belongs together is one.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old, or the account is not
            active, or has another address or password by now; nobody learns which.
        WeakPassword: the new one is short, common or easily guessed; code and link
            are still good.
        RateLimited: too many tries, from this network or for this address.
    """

    atomic = False
    raises = (InvalidConfirmation, WeakPassword, RateLimited)

    def run(self) -> None:
        self.check_limits()
        try:
            challenge = self.find_challenge()
            self.reset(challenge, self.encode_password())
        except InvalidConfirmation:
            self.note("auth.password_reset_refused")
            raise

    def reset(self, challenge: Challenge, encoded: str) -> None:
        """Do all that follows from a right answer, or nothing of it."""
        with transaction.atomic():
            account = self.lock_account(challenge)
            self.use_up(challenge, account.user)
            self.discard_former(account)
            self.set_password(account.user, encoded)
            self.verify_address(account)
            self.end_sessions(account.user)
            self.announce(account.user, self.note("auth.password_reset", account.user))
        self.forget_failures(challenge)

    def check_limits(self) -> None:
        """Count the try; a code counts for its address too, known or not."""
        given = self.input
        challenges.count_try(PASSWORD_RESET, given.client, address=given.email)

    def find_challenge(self) -> Challenge:
        """Return the challenge that was answered rightly, for a good password.

        A code has few tries, so its password is judged before one of them is taken.

        Raises:
            InvalidConfirmation: there is none.
            WeakPassword: the password is not good enough.
        """
        if self.input.token:
            challenge = challenges.answered_by_link(self.input.token, PASSWORD_RESET)
            self.check_password(challenge.address_key if challenge else "")
        else:
            self.check_password(self.input.email)
            challenge = self.answered_by_code()
        if challenge is None:
            raise InvalidConfirmation
        return challenge

    def answered_by_code(self) -> Challenge | None:
        """Take one of the tries, and return the challenge if it was right."""
        email, code = self.input.email, self.input.code
        return challenges.answered_by_code(email, code, PASSWORD_RESET)

    def check_password(self, email: str) -> None:
        """Refuse a weak password, whether or not the code or link is right."""
        passwords.check(self.input.new_password, email=email)

    def encode_password(self) -> str:
        """Return the hash, which takes its time."""
        return passwords.encode(self.input.new_password)

    def lock_account(self, challenge: Challenge) -> Account:
        """Return whose password it is, locked.

        Raises:
            InvalidConfirmation: the account is not active, or has another address or
                password by now.
        """
        account = challenges.lock_owner(challenge)
        if account is None:
            raise InvalidConfirmation
        return account

    def use_up(self, challenge: Challenge, user: AbstractBaseUser) -> None:
        """Claim the challenge, and void everything else that is on its way.

        Raises:
            InvalidConfirmation: another request was faster.
        """
        if not challenges.use_up(challenge):
            raise InvalidConfirmation
        challenges.void_all(user)

    def discard_former(self, account: Account) -> None:
        """Leave nothing of somebody who registered the address and never proved it."""
        if not accounts.is_unproven(account):
            return
        for name, value in accounts.blank_texts(account.user).items():
            setattr(account.user, name, value)
        account.user.save()

    def set_password(self, user: AbstractBaseUser, encoded: str) -> None:
        """Save the new password."""
        passwords.put(user, self.input.new_password, encoded)
        user.save(update_fields=["password"])

    def verify_address(self, account: Account) -> None:
        """Write down that the person reads the mail of this address.

        Raises:
            InvalidConfirmation: somebody else has just proven it.
        """
        if account.verified:
            return
        user = account.user
        if not addresses.prove(user):
            raise InvalidConfirmation
        self.note("auth.address_confirmed", user)
        facts = {"user": user, "address": addresses.mailbox_of(user)}
        signals.announce(signals.address_confirmed, type(user), **facts)

    def end_sessions(self, user: AbstractBaseUser) -> None:
        """End every session, wherever it is."""
        sessions.end_sessions(user, "password_reset")

    def forget_failures(self, challenge: Challenge) -> None:
        """Let the owner sign in at once, whoever has been guessing meanwhile (C027)."""
        forget(credentials.account_limit(), challenge.address_key)

    def announce(self, user: AbstractBaseUser, event: AuditEvent) -> None:
        """Send ``password_changed`` after the commit."""
        facts = {"how": "reset", "session": None, "event": event}
        signals.announce(signals.password_changed, type(user), user=user, **facts)

    def note(self, action: str, user: AbstractBaseUser | None = None) -> AuditEvent:
        """Write down what the person did, or that somebody tried."""
        client = self.input.client
        return audit.record(action, actor=user, subject=user, client=client)
