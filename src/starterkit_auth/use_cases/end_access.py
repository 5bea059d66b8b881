"""Ends all that lets the user of a closed account in, or would once it is opened."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.models import AbstractSession
from starterkit_auth.services import challenges
from starterkit_auth.use_cases.end_sessions import EndSessions, EndSessionsInput
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client

CLOSED = "deactivated"
"""Why the sessions of a closed account ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAccessInput(Input):
    """Whose access, and who ends it; the caller has checked permissions."""

    user: AbstractBaseUser
    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class EndAccess(UseCase[EndAccessInput, None]):
    """End every session of a closed account, and void its codes and links.

    Pending changes of the address are void, too. The link that undoes a change stays:
    an attacker who took the account over may have closed it.
    """

    def run(self) -> None:
        self.end_sessions()
        self.void_challenges()

    def end_sessions(self) -> None:
        """End them and record how many there were."""
        given = self.input
        EndSessions.execute(
            EndSessionsInput(
                user=given.user, actor=given.actor, client=given.client, reason=CLOSED
            )
        )

    def void_challenges(self) -> None:
        """Void what was mailed, except reversals of a change of address."""
        challenges.void_of_closed(self.input.user)


def end_if_closed(session: AbstractSession | None) -> None:
    """End the access of the user of a session that is live although it is closed.

    This is how a change that sends no signal is noticed, such as a bulk update.
    """
    if session and session.revoked_at is None and not session.user.is_active:
        EndAccess.execute(EndAccessInput(user=session.user))
