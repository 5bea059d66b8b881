"""Save that the address of another user is proven."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import account_access
from starterkit_core.services import audit
from starterkit_core.use_cases import Input
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import HigherRank, OwnAccount, UserNotFound
from starterkit_users.use_cases.acts_on_users import ActOnOther


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyUserInput(Input):
    """Whose address, and who says so; the caller checked permissions."""

    user_id: str
    actor: AbstractBaseUser | None = None
    """None if the project acts, such as by a command."""

    reason: str = ""
    client: Client = NO_CLIENT


class VerifyUser(ActOnOther[VerifyUserInput, bool]):
    """Save by hand that a user reads the mail of their address; False if saved before.

    Repeating it is safe. Administrators prove their own address by its mail, as others.

    Raises:
        UserNotFound: there is no such user.
        OwnAccount: it is the actor.
        HigherRank: the user has a right that the actor lacks.
        AccountDeleted: the account was deleted meanwhile.
        AddressMissing: it has no address for mails.
        AddressTaken: another account has proven it.
    """

    raises = (
        UserNotFound,
        OwnAccount,
        HigherRank,
        *account_access.CONFIRMATION_REFUSALS,
    )

    def run(self) -> bool:
        user = self.lock_user()
        self.check_actor(user)
        is_new = self.confirm_address(user)
        if is_new:
            self.record_event(user)
        return is_new

    def confirm_address(self, user: AbstractBaseUser) -> bool:
        """Let the module that knows about addresses save it; False if saved before.

        Raises:
            DomainError: one of ``account_access.CONFIRMATION_REFUSALS``.
        """
        given = self.input
        return account_access.confirm_address(
            user, actor=given.actor, client=given.client
        )

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who said so, and why."""
        given = self.input
        audit.record(
            "users.address_verified",
            actor=given.actor,
            subject=user,
            client=given.client,
            reason=given.reason,
        )
