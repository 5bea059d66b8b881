"""Let another user set a new password."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import account_access
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import HigherRank, UserNotFound
from starterkit_users.services import lifecycle, ranks, user_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SendUserPasswordResetInput(Input):
    """Whose password, and who asks for it; the caller checked permissions."""

    user_id: str
    actor: AbstractBaseUser | None = None
    """None if the project acts, such as by a command."""

    force: bool = True
    """Whether the sessions end, and the former password is void at once."""

    reason: str = ""
    client: Client = NO_CLIENT


class SendUserPasswordReset(UseCase[SendUserPasswordResetInput, None]):
    """Mail a link to a user, by which they set a new password.

    Raises:
        UserNotFound: there is no such user.
        HigherRank: the user has a right that the actor lacks.
        AccountDeleted: the account was deleted meanwhile.
        AccountInactive: it could not sign in with the new password either.
        AddressMissing: it has no address for mails.
        AddressTaken: another account signs in with the address.
        PasswordElsewhere: the password is in a directory.
        RateLimited: the address got too many mails of this kind.
    """

    raises = (UserNotFound, HigherRank, *account_access.RESET_REFUSALS)

    def run(self) -> None:
        user = self.find_user()
        self.check_rank(user)
        self.send_reset(user)
        self.record_event(user)

    def find_user(self) -> AbstractBaseUser:
        """Return the user; not locked, because a password will be hashed.

        Raises:
            UserNotFound: there is none, or the account was erased.
        """
        user = user_rows.find(self.input.user_id)
        if user is None or lifecycle.is_erased(user):
            raise UserNotFound
        return user

    def check_rank(self, user: AbstractBaseUser) -> None:
        """Refuse a user who ranks above the actor.

        Raises:
            HigherRank: the user has a right that the actor lacks.
        """
        ranks.require_rank(self.input.actor, user)

    def send_reset(self, user: AbstractBaseUser) -> None:
        """Let the module that has the password send the mail.

        Raises:
            DomainError: one of ``account_access.RESET_REFUSALS``.
        """
        given = self.input
        account_access.send_password_reset(
            user, actor=given.actor, client=given.client, force=given.force
        )

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who asked for it, and why."""
        given = self.input
        audit.record(
            "users.password_reset_sent",
            actor=given.actor,
            subject=user,
            client=given.client,
            reason=given.reason,
            facts={"force": given.force},
        )
