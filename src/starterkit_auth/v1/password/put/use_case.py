from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from starterkit_auth.conf import conf
from starterkit_auth.errors import (
    SessionEnded,
    StepUpRequired,
    WeakPassword,
    WrongPassword,
)
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import (
    addresses,
    challenges,
    credentials,
    freshness,
    passwords,
    sessions,
)
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core import signals
from starterkit_core.errors import RateLimited
from starterkit_core.models import AuditEvent
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePasswordInput(Input):
    """In which session, the proof, and what is wanted."""

    session: AbstractSession
    current_password: str = field(default="", repr=False)
    """Empty for an account without one."""

    new_password: str = field(repr=False)
    client: Client


class ChangePassword(UseCase[ChangePasswordInput, OpenedSession]):
    """Give somebody the password they want, and leave them in this session only.

    Whatever the former password opened is over: the other sessions, every token of
    this one, and what was mailed and not answered yet.

    Not atomic: what is written about a refusal must survive it, and no connection
    waits for the slow hash.

    Raises:
        WrongPassword: the current one is not theirs (any more).
        StepUpRequired: the account has none, and they signed in too long ago.
        WeakPassword: the new one is short, common or easily guessed.
        RateLimited: too many attempts in this session.
        SessionEnded: it ended meanwhile.
    """

    atomic = False
    raises = (WrongPassword, StepUpRequired, WeakPassword, RateLimited, SessionEnded)

    def run(self) -> OpenedSession:
        try:
            self.check_current_password()
            self.check_new_password()
            self.change(self.encode_password())
        except WrongPassword:
            self.note("auth.password_change_refused")
            raise
        return self.issue()

    def change(self, encoded: str) -> None:
        """Do all that a new password means, or nothing of it."""
        with transaction.atomic():
            user = self.lock_account()
            self.set_password(user, encoded)
            self.renew_session(user)
            self.end_other_sessions(user)
            self.void_challenges(user)
            self.announce(user, self.note("auth.password_changed"))

    def check_current_password(self) -> None:
        """Refuse unless the person has proven who they are."""
        session = self.input.session
        if session.user.has_usable_password():
            credentials.check_again(session, self.input.current_password)
        elif not freshness.is_fresh(session, conf.STEP_UP_MAX_AGE):
            raise freshness.refusal(session.user, conf.STEP_UP_MAX_AGE)

    def check_new_password(self) -> None:
        """Refuse a weak password."""
        email = addresses.mailbox_of(self.input.session.user)
        passwords.check(self.input.new_password, email=email)

    def encode_password(self) -> str:
        """Return the hash, which takes its time."""
        return passwords.encode(self.input.new_password)

    def lock_account(self) -> AbstractBaseUser:
        """Return the person, locked, so that of two changes at once one is refused.

        Raises:
            WrongPassword: the current password has just been changed.
        """
        user = self.input.session.user
        rows = type(user)._base_manager.select_for_update().filter(pk=user.pk)
        if rows.values_list("password", flat=True).first() != user.password:
            raise WrongPassword
        return user

    def set_password(self, user: AbstractBaseUser, encoded: str) -> None:
        """Save the new password."""
        passwords.put(user, self.input.new_password, encoded)
        user.save(update_fields=["password"])

    def renew_session(self, user: AbstractBaseUser) -> None:
        """Let this session go on, with tokens that nobody else can have."""
        freshness.renew_under(self.input.session, user.password)

    def end_other_sessions(self, user: AbstractBaseUser) -> None:
        """End every session but this one."""
        but = self.input.session.pk
        sessions.end_sessions(user, "password_changed", but=but)

    def void_challenges(self, user: AbstractBaseUser) -> None:
        """Void every code and link that is on its way."""
        challenges.void_all(user)

    def announce(self, user: AbstractBaseUser, event: AuditEvent) -> None:
        """Send ``password_changed`` after the commit."""
        facts = {"how": "change", "session": self.input.session, "event": event}
        signals.announce(signals.password_changed, type(user), user=user, **facts)

    def issue(self) -> OpenedSession:
        """Return the new tokens of this session."""
        return sessions.issue(self.input.session)

    def note(self, action: str) -> AuditEvent:
        """Write down what happened in the session."""
        session = self.input.session
        return audit.record(
            action,
            actor=session.user,
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk)},
        )
