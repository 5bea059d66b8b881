from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.conf import conf
from starterkit_auth.errors import (
    NoPassword,
    SessionEnded,
    StepUpRequired,
    WrongPassword,
)
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import (
    addresses,
    challenges,
    password_check,
    passwords,
    reauthentication,
    sessions,
)
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core import signals
from starterkit_core.errors import DomainError, RateLimited, WeakPassword
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePasswordInput(Input):
    """The session, the current password as proof, and the new one."""

    session: AbstractSession
    current_password: Secret = field(default=Secret(), repr=False)
    """Empty for an account without a password."""

    new_password: Secret = field(repr=False)
    client: Client


class ChangePassword(UseCase[ChangePasswordInput, OpenedSession]):
    """Change the password of a user, and keep only this session.

    The other sessions end, all former tokens of this one are void, and so are
    unanswered codes and links, except email reversals.

    Raises:
        WrongPassword: the current password is wrong, or has just been changed.
        StepUpRequired: the account has none, and the last sign-in is too old.
        NoPassword: the account has none, and may have one in a directory.
        WeakPassword: the new one is short, common or easily guessed.
        RateLimited: too many attempts in this session.
        SessionEnded: the session has just ended.
    """

    raises = (
        WrongPassword,
        StepUpRequired,
        NoPassword,
        WeakPassword,
        RateLimited,
        SessionEnded,
    )

    encoded: str
    """The hash of the new password."""

    def prepare(self) -> None:
        self.check_current_password()
        self.check_new_password()
        self.encoded = self.encode_password()

    def run(self) -> OpenedSession:
        user = self.lock_account()
        self.set_password(user, self.encoded)
        session = self.renew_session(user)
        self.end_other_sessions(user)
        self.void_challenges(user)
        self.announce(user, session, self.record_event("auth.password_changed"))
        return self.issue(session)

    def refused(self, error: DomainError) -> None:
        if isinstance(error, WrongPassword):
            self.record_event("auth.password_change_refused")

    def check_current_password(self) -> None:
        """Refuse unless the user has proven their identity.

        Raises:
            WrongPassword: the current password is wrong.
            StepUpRequired: the account has none, and the last sign-in is too old.
            NoPassword: the account has none, and may have one in a directory.
            RateLimited: too many attempts in this session.
        """
        session = self.input.session
        if passwords.is_set(session.user):
            given = self.input
            password_check.check_again(session, given.current_password, given.client)
        elif conf.ASK_BACKENDS:  # a second password would outlive the directory's
            raise NoPassword
        elif not reauthentication.is_fresh(session, conf.STEP_UP_MAX_AGE):
            raise reauthentication.refusal(session.user, conf.STEP_UP_MAX_AGE)

    def check_new_password(self) -> None:
        """Refuse a weak password.

        Raises:
            WeakPassword: it is short, common or easily guessed.
        """
        user = self.input.session.user
        email = addresses.mailbox_of(user)
        passwords.check(self.input.new_password, email=email, user=user)

    def encode_password(self) -> str:
        """Return the hash; slow, so it is made outside the transaction."""
        return passwords.encode(self.input.new_password)

    def lock_account(self) -> AbstractBaseUser:
        """Return the user as saved, locked: of concurrent changes, one is refused.

        Raises:
            SessionEnded: the account has just been deleted.
            WrongPassword: the current password has just been changed.
        """
        checked = self.input.session.user
        rows = type(checked)._base_manager.select_for_update()
        user = rows.filter(pk=checked.pk).first()
        if user is None:
            raise SessionEnded
        if user.password != checked.password:
            raise WrongPassword
        return user

    def set_password(self, user: AbstractBaseUser, encoded: str) -> None:
        """Save the new password."""
        passwords.put(user, self.input.new_password, encoded)
        user.save(update_fields=["password"])

    def renew_session(self, user: AbstractBaseUser) -> AbstractSession:
        """Return this session, with all former tokens void.

        Raises:
            SessionEnded: the session has just ended.
        """
        return reauthentication.renew_under(self.input.session, user)

    def end_other_sessions(self, user: AbstractBaseUser) -> None:
        """End every session except this one."""
        but = self.input.session.pk
        sessions.end_sessions(user, "password_changed", but=but)

    def void_challenges(self, user: AbstractBaseUser) -> None:
        """Void every unanswered code and link, except email reversals."""
        challenges.void_all(user)

    def record_event(self, action: str) -> AuditEvent:
        """Record what happened in the session."""
        session = self.input.session
        return audit.record(
            action,
            actor=session.user,
            subject=session.user,
            client=self.input.client,
            facts={"session": str(session.pk)},
        )

    def announce(
        self, user: AbstractBaseUser, session: AbstractSession, event: AuditEvent
    ) -> None:
        """Send ``password_changed`` after the commit."""
        facts = {"how": "change", "session": session, "event": event}
        signals.announce(signals.password_changed, type(user), user=user, **facts)

    def issue(self, session: AbstractSession) -> OpenedSession:
        """Return the new tokens of this session."""
        return sessions.issue(session)
