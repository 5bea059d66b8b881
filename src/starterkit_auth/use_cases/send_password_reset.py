"""Mails a link to set a new password, because an administrator asks for it."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import get_random_string

from starterkit_auth.conf import conf
from starterkit_auth.mails import confirmations
from starterkit_auth.services import (
    addresses,
    challenges,
    closed_accounts,
    mail_limits,
    passwords,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.use_cases.end_sessions import EndSessions, EndSessionsInput
from starterkit_core.errors import (
    AccountDeleted,
    AccountInactive,
    AddressMissing,
    AddressTaken,
    PasswordElsewhere,
    RateLimited,
)
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.secrets import Secret

FORCED = "password_reset_forced"
"""Why the sessions of an account ended whose password was made void."""

UNKNOWN_LENGTH = 64
"""Length of the password that takes the place of a void one, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPasswordResetInput(Input):
    """Whose password, and who asks for it; the caller has checked permissions."""

    user: AbstractBaseUser
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT
    force: bool = True
    """Whether the sessions end, and the former password is void at once."""


class SendPasswordReset(UseCase[SendPasswordResetInput, None]):
    """Mail a code and a link to set a new password to the address of an account.

    With ``force``, a random password takes the place of the former one, and is thrown
    away: so the account still has one, and its owner can ask for another mail at any
    time. An account without a password gets one by the mail, unless a directory may
    have it.

    Raises:
        AccountDeleted: there is no such account any more.
        AccountInactive: it could not sign in with the new password either.
        AddressMissing: it has no address for mails.
        AddressTaken: another account signs in with the address.
        PasswordElsewhere: the account has no password here, but may in a directory.
        RateLimited: the address got too many of these mails.
    """

    raises = (
        AccountDeleted,
        AccountInactive,
        AddressMissing,
        AddressTaken,
        PasswordElsewhere,
        RateLimited,
    )

    encoded: str
    """The hash of the random password, or ``""`` if the former one stays."""

    def prepare(self) -> None:
        self.check_account(self.input.user)
        self.count_mail()
        self.encoded = self.encode_unknown()

    def run(self) -> None:
        user = self.lock_account()
        self.check_account(user)
        account = self.find_account(user)
        if self.encoded:
            self.void_password(user)
            self.end_sessions(user)
        self.record_event(user)
        self.send_secrets(user, account)

    def check_account(self, user: AbstractBaseUser) -> None:
        """Refuse an account for which the link would be of no use.

        Raises:
            AccountInactive: it is not active.
            AddressMissing: it has no address for mails.
            PasswordElsewhere: it has no password here, but may in a directory.
        """
        if not user.is_active:
            raise AccountInactive
        if not addresses.key_of(user):
            raise AddressMissing
        if conf.ASK_BACKENDS and not passwords.is_set(user):
            raise PasswordElsewhere

    def count_mail(self) -> None:
        """Count the mail by address, with those that its owner asked for.

        Raises:
            RateLimited: too many.
        """
        address = addresses.mailbox_of(self.input.user)
        mail_limits.count_mail(address, Purpose.PASSWORD_RESET, self.input.client)

    def encode_unknown(self) -> str:
        """Return the hash of a random password; slow, so outside the transaction."""
        if not (self.input.force and passwords.is_set(self.input.user)):
            return ""
        return passwords.encode(Secret(get_random_string(UNKNOWN_LENGTH)))

    def lock_account(self) -> AbstractBaseUser:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: there is none any more.
        """
        return closed_accounts.lock(self.input.user)

    def find_account(self, user: AbstractBaseUser) -> Account:
        """Return what is known about the address, by which the link finds the account.

        Raises:
            AddressTaken: it finds another one.
        """
        account = addresses.look_up_locked(addresses.mailbox_of(user))
        if account is None or account.user.pk != user.pk:
            raise AddressTaken
        return account

    def void_password(self, user: AbstractBaseUser) -> None:
        """Save the random password; unanswered codes and links are void by that."""
        passwords.put(user, "", self.encoded)
        user.save(update_fields=["password"])
        challenges.void_all(user)

    def end_sessions(self, user: AbstractBaseUser) -> None:
        """End every session, and record how many there were."""
        given = self.input
        EndSessions.execute(
            EndSessionsInput(
                user=user, actor=given.actor, client=given.client, reason=FORCED
            )
        )

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who asked for it, and whether the former password is void."""
        given = self.input
        audit.record(
            "auth.password_reset_forced"
            if self.encoded
            else "auth.password_reset_requested",
            actor=given.actor,
            subject=user,
            client=given.client,
        )

    def send_secrets(self, user: AbstractBaseUser, account: Account) -> None:
        """Mail a code and a link; not in the language of who asked for it."""
        address = addresses.mailbox_of(user)
        challenge = challenges.open_challenge(user, address, Purpose.PASSWORD_RESET)
        confirmations.send_secrets(challenge, NO_CLIENT, shared=account.shared)
