"""How a module that keeps sessions and passwords serves the administration of users.

The module registers its answer in ``AppConfig.ready()``. Without one, there are no
sessions to end, and what needs the other two functions is absent: ``available()`` is
known before the URLs are read. All functions save in the transaction that is open.
"""

from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import (
    AccountDeleted,
    AccountInactive,
    AddressMissing,
    AddressTaken,
    PasswordElsewhere,
    RateLimited,
)
from starterkit_core.utils.client import NO_CLIENT, Client

Actor = AbstractBaseUser | None
"""Who does it; None for a command or a task."""

RESET_REFUSALS = (
    AccountDeleted,
    AccountInactive,
    AddressMissing,
    AddressTaken,
    PasswordElsewhere,
    RateLimited,
)
"""What ``send_password_reset`` raises."""

CONFIRMATION_REFUSALS = (AccountDeleted, AddressMissing, AddressTaken)
"""What ``confirm_address`` raises."""


class AccountAccess(Protocol):
    """The answer of a module; each caller has checked permissions."""

    def end_sessions(
        self, user: AbstractBaseUser, *, actor: Actor, client: Client
    ) -> int:
        """End all sessions of ``user``, and return how many there were."""

    def send_password_reset(
        self, user: AbstractBaseUser, *, actor: Actor, client: Client, force: bool
    ) -> None:
        """Mail a link by which ``user`` sets a new password.

        With ``force``, the sessions end and the former password is void at once.
        """

    def confirm_address(
        self, user: AbstractBaseUser, *, actor: Actor, client: Client
    ) -> bool:
        """Save that the address is proven; return False if it was before."""


_provider: AccountAccess | None = None


def register(provider: AccountAccess) -> None:
    """Let ``provider`` answer; it replaces a former one."""
    global _provider  # noqa: PLW0603  # the one answer, as each port has its registry
    _provider = provider


def unregister() -> None:
    """Remove the provider."""
    global _provider  # noqa: PLW0603  # as above
    _provider = None


def available() -> bool:
    """Return whether a module answers."""
    return _provider is not None


def end_sessions(
    user: AbstractBaseUser, *, actor: Actor = None, client: Client = NO_CLIENT
) -> int:
    """End all sessions of ``user``; return how many there were, 0 without an answer."""
    if _provider is None:
        return 0
    return _provider.end_sessions(user, actor=actor, client=client)


def send_password_reset(
    user: AbstractBaseUser,
    *,
    actor: Actor = None,
    client: Client = NO_CLIENT,
    force: bool = True,
) -> None:
    """Mail a link to set a new password; by default the former one is void at once.

    Raises:
        AccountDeleted: there is no such account any more.
        AccountInactive: it could not sign in with the new password either.
        AddressMissing: it has no address for mails.
        AddressTaken: another account signs in with the address.
        PasswordElsewhere: the password is in a directory.
        RateLimited: the address got too many mails of this kind.
        LookupError: no module answers.
    """
    _answer().send_password_reset(user, actor=actor, client=client, force=force)


def confirm_address(
    user: AbstractBaseUser, *, actor: Actor = None, client: Client = NO_CLIENT
) -> bool:
    """Save that the address is proven, without a mail; False if it was before.

    Raises:
        AccountDeleted: there is no such account any more.
        AddressMissing: it has no address for mails.
        AddressTaken: another account has proven it.
        LookupError: no module answers.
    """
    return _answer().confirm_address(user, actor=actor, client=client)


def _answer() -> AccountAccess:
    if _provider is None:
        raise LookupError("No installed module answers; ask available() first.")
    return _provider
