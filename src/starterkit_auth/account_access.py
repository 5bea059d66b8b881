"""What this module does for the administration of users, by a port of core."""

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.use_cases.confirm_address import (
    ConfirmAddress,
    ConfirmAddressInput,
)
from starterkit_auth.use_cases.end_sessions import EndSessions, EndSessionsInput
from starterkit_auth.use_cases.send_password_reset import (
    SendPasswordReset,
    SendPasswordResetInput,
)
from starterkit_core.ports import account_access
from starterkit_core.ports.account_access import Actor
from starterkit_core.utils.client import Client


class OurAccountAccess:
    """Answers core's port by the use cases of this module."""

    def end_sessions(
        self, user: AbstractBaseUser, *, actor: Actor, client: Client
    ) -> int:
        """End all sessions of ``user``, and return how many there were."""
        given = EndSessionsInput(user=user, actor=actor, client=client)
        return EndSessions.execute(given)

    def send_password_reset(
        self, user: AbstractBaseUser, *, actor: Actor, client: Client, force: bool
    ) -> None:
        """Mail a link to set a new password; ``force`` makes the former one void.

        Raises:
            DomainError: one of ``account_access.RESET_REFUSALS``.
        """
        SendPasswordReset.execute(
            SendPasswordResetInput(user=user, actor=actor, client=client, force=force)
        )

    def confirm_address(
        self, user: AbstractBaseUser, *, actor: Actor, client: Client
    ) -> bool:
        """Save that the address is proven; return False if it was before.

        Raises:
            DomainError: one of ``account_access.CONFIRMATION_REFUSALS``.
        """
        given = ConfirmAddressInput(user=user, actor=actor, client=client)
        return ConfirmAddress.execute(given)


def register() -> None:
    """Register the answer at core's port."""
    account_access.register(OurAccountAccess())
