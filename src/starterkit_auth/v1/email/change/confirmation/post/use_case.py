"""Prove the address that an account is to have, and give it to the account."""

from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import AbstractSession, Challenge
from starterkit_auth.services import addresses, challenges, reversals, sessions
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.challenges import EMAIL_CHANGE
from starterkit_core import signals
from starterkit_core.errors import RateLimited
from starterkit_core.models import AuditEvent
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmEmailChangeInput(Input):
    """The code, which is for whoever is signed in, or the token of the link."""

    user: AbstractBaseUser | None
    """Who is signed in, if anybody."""

    session: AbstractSession | None
    """The one of this request; nothing when the project signed them in otherwise."""

    code: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    client: Client


class ConfirmEmailChange(UseCase[ConfirmEmailChangeInput, AbstractBaseUser]):
    """Give an account the address that somebody has just proven.

    What was mailed to the former address and not answered yet is void, and every
    session ends but the one of this request. The former address is told and, if it
    had been proven, can undo it.

    A tried code stays counted whatever happens next, so this is no transaction as a
    whole; what belongs together is one.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old; or the account is not
            active, or has another address or password by now; or somebody else has
            the new address. Nobody learns which.
        RateLimited: too many tries, from this network or for this account.
    """

    atomic = False
    raises = (InvalidConfirmation, RateLimited)

    def run(self) -> AbstractBaseUser:
        self.check_limits()
        try:
            return self.confirm(self.find_challenge())
        except InvalidConfirmation:
            self.note("auth.email_change_refused", self.input.user)
            raise

    def confirm(self, challenge: Challenge) -> AbstractBaseUser:
        """Do all that follows from a right answer, or nothing of it."""
        with transaction.atomic():
            account = self.lock_account(challenge)
            former = addresses.mailbox_of(account.user)
            self.use_up(challenge, account.user)
            self.change_address(account.user, challenge.target)
            self.tell_former(account, former, challenge.target)
            self.end_sessions(account.user)
            self.announce(account.user, former)
            return account.user

    def check_limits(self) -> None:
        """Count the try; a code counts for the address of the account, too."""
        by_code = self.input.code and self.own_address()
        challenges.count_try(EMAIL_CHANGE, self.input.client, address=by_code)

    def find_challenge(self) -> Challenge:
        """Return the challenge that was answered rightly.

        Raises:
            InvalidConfirmation: there is none.
        """
        if self.input.token:
            challenge = challenges.answered_by_link(self.input.token, EMAIL_CHANGE)
        else:
            challenge = self.answered_by_code()
        if challenge is None:
            raise InvalidConfirmation
        return challenge

    def answered_by_code(self) -> Challenge | None:
        """Take one of the tries, and return the challenge if it was right."""
        own = self.own_address()
        code = self.input.code
        return challenges.answered_by_code(own, code, EMAIL_CHANGE) if own else None

    def own_address(self) -> str:
        """Return the address of whoever is signed in, which a code is bound to."""
        user = self.input.user
        return addresses.key_of(user) if user else ""

    def lock_account(self, challenge: Challenge) -> Account:
        """Return whose address is to change, locked.

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

    def change_address(self, user: AbstractBaseUser, address: str) -> None:
        """Save the new address, which is proven by this.

        Raises:
            InvalidConfirmation: somebody else has it by now.
        """
        if not addresses.move(user, address):
            raise InvalidConfirmation

    def tell_former(self, account: Account, former: str, address: str) -> None:
        """Mail the former address how to undo this, unless this undoes something."""
        user, undo = account.user, account.verified
        if way_back := reversals.way_back_to(user, address):
            reversals.void_since(way_back)
            undo = False
        reversals.tell(user, former, self.input.client, undo=undo)

    def end_sessions(self, user: AbstractBaseUser) -> None:
        """End every session of the account but the one of this request."""
        current = self._session_of(user)
        but = current.pk if current else None
        sessions.end_sessions(user, "email_changed", but=but)

    def announce(self, user: AbstractBaseUser, former: str) -> None:
        """Write it down, and send ``email_changed`` after the commit."""
        facts = {
            "former": former,
            "address": addresses.mailbox_of(user),
            "session": self._session_of(user),
            "event": self.note("auth.email_changed", user),
        }
        signals.announce(signals.email_changed, type(user), user=user, **facts)

    def note(self, action: str, user: AbstractBaseUser | None) -> AuditEvent:
        """Write down what the person did, or that somebody tried."""
        client = self.input.client
        return audit.record(action, actor=user, subject=user, client=client)

    def _session_of(self, user: AbstractBaseUser) -> AbstractSession | None:
        """Return the session of this request, unless somebody else is signed in."""
        session = self.input.session
        return session if session and session.user_id == user.pk else None
