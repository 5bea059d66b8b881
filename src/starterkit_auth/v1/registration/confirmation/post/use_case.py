"""Prove an address by the code or the link that was mailed to it."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses, challenges, sessions
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core import signals
from starterkit_core.errors import CrossSiteRequest, RateLimited
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRegistrationInput(Input):
    """Either an address and a code, or the token of a link."""

    email: str = ""
    code: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    client: Client
    transport: str


class ConfirmRegistration(UseCase[ConfirmRegistrationInput, OpenedSession]):
    """Mark an address as proven and open the first session of its account.

    A tried code stays counted whatever happens next, so this is no transaction as a
    whole; what belongs together is one.

    Raises:
        InvalidConfirmation: wrong, used, replaced or too old, or the account is not
            active; nobody learns which.
        RateLimited: too many tries, from this network or for this address.
        CrossSiteRequest: another site asks for a cookie; the view finds out.
    """

    atomic = False
    raises = (InvalidConfirmation, RateLimited, CrossSiteRequest)

    def run(self) -> OpenedSession:
        self.check_limits()
        try:
            return self.confirm(self.find_challenge())
        except InvalidConfirmation:
            self.note_refusal()  # only now: what was rolled back would take it along
            raise

    def confirm(self, challenge: Challenge) -> OpenedSession:
        """Do all that follows from a right answer, or nothing of it."""
        with transaction.atomic():
            user = self.lock_account(challenge)
            self.use_up(challenge, user)
            self.verify_address(user)
            self.announce(user)
            return self.open_session(user)

    def check_limits(self) -> None:
        """Count the try; a code counts for its address too, known or not."""
        given = self.input
        challenges.count_try(challenges.REGISTRATION, given.client, address=given.email)

    def find_challenge(self) -> Challenge:
        """Return the challenge that was answered rightly.

        Raises:
            InvalidConfirmation: there is none.
        """
        if self.input.token:
            challenge = challenges.answered_by_link(self.input.token)
        else:
            challenge = challenges.answered_by_code(self.input.email, self.input.code)
        if challenge is None:
            raise InvalidConfirmation
        return challenge

    def lock_account(self, challenge: Challenge) -> AbstractBaseUser:
        """Return whose address it is, locked, so that no sign-up comes between.

        Raises:
            InvalidConfirmation: the account is not active, has another address or
                password by now, or has proven this one before.
        """
        account = challenges.lock_owner(challenge)
        if account is None or account.verified:
            raise InvalidConfirmation
        return account.user

    def use_up(self, challenge: Challenge, user: AbstractBaseUser) -> None:
        """Claim the challenge, and void every other one of the account.

        Raises:
            InvalidConfirmation: another request was faster.
        """
        if not challenges.use_up(challenge):
            raise InvalidConfirmation
        challenges.supersede(user)

    def verify_address(self, user: AbstractBaseUser) -> None:
        """Write down that the person reads the mail of this address.

        Raises:
            InvalidConfirmation: somebody else has just proven it.
        """
        if not addresses.prove(user):
            raise InvalidConfirmation
        self.note("auth.address_confirmed", user)

    def announce(self, user: AbstractBaseUser) -> None:
        """Send ``address_confirmed`` after the commit."""
        facts = {"user": user, "address": addresses.mailbox_of(user)}
        signals.announce(signals.address_confirmed, type(user), **facts)

    def open_session(self, user: AbstractBaseUser) -> OpenedSession:
        """Open the session, as signing in does."""
        opened = sessions.open_session(user, self.session_fields(user))
        session = str(opened.session.pk)
        self.note("auth.signed_in", user, session=session, method="confirmation")
        return opened

    def session_fields(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return the values of the new session's row."""
        return sessions.session_fields(user, self.input.client, self.input.transport)

    def note(self, action: str, user: AbstractBaseUser, **facts: str) -> None:
        """Write down what the person did."""
        client = self.input.client
        audit.record(action, actor=user, subject=user, client=client, facts=facts)

    def note_refusal(self) -> None:
        """Write down that somebody tried."""
        audit.record("auth.confirmation_refused", client=self.input.client)
