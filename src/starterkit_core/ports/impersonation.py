"""How an administrator acts as another user, for a short time and on the record.

The module that keeps sessions registers what begins and ends an impersonation. The
module that knows the administrators registers who may impersonate whom, which is asked
at each request of the impersonator. Without both there is no impersonation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import AccountInactive, DomainError
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret

Rule = Callable[[Any, Any], bool]
"""Takes administrator and user, and returns whether the one may act as the other."""

HEADER = "Impersonated-By"
"""The header of every answer to an impersonator; its value is the id of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An impersonation, and the token that its client sends; it is shown once."""

    id: Any
    user: AbstractBaseUser
    access_token: Secret = field(repr=False)
    expires_in: int
    """Seconds until it ends; it cannot be renewed."""

    expires_at: datetime
    token_type: str = "Bearer"  # noqa: S105  # no secret


class Impersonations(Protocol):
    """The answer of the module that keeps sessions."""

    raises: tuple[type[DomainError], ...]
    """What ``begin`` refuses with, besides ``AccountInactive``."""

    def begin(
        self,
        user: AbstractBaseUser,
        *,
        actor: AbstractBaseUser,
        by: Any,
        client: Client,
    ) -> Begun:
        """Let ``actor`` act as ``user`` until it ends, is ended, or ``by`` ends.

        ``by`` is ``request.auth`` of the request that asks for it.
        """

    def end(
        self, user: AbstractBaseUser, *, actor: AbstractBaseUser, client: Client
    ) -> bool:
        """End what ``actor`` does as ``user``; return False if there is none."""


_provider: Impersonations | None = None
_rule: Rule | None = None


def register(provider: Impersonations) -> None:
    """Let ``provider`` answer; it replaces a former one."""
    global _provider  # noqa: PLW0603  # the one answer, as each port has its registry
    _provider = provider


def register_rule(rule: Rule) -> None:
    """Let ``rule`` decide who may act as whom; it replaces a former one."""
    global _rule  # noqa: PLW0603  # as above
    _rule = rule


def unregister() -> None:
    """Remove the provider."""
    global _provider  # noqa: PLW0603  # as above
    _provider = None


def available() -> bool:
    """Return whether a module answers."""
    return _provider is not None


def refusals() -> tuple[type[DomainError], ...]:
    """Return what ``begin`` refuses with in this project."""
    return () if _provider is None else (AccountInactive, *_provider.raises)


def may_impersonate(actor: AbstractBaseUser, user: AbstractBaseUser) -> bool:
    """Return whether ``actor`` may act as ``user`` now; never without a rule."""
    return _rule is not None and _rule(actor, user)


def begin(
    user: AbstractBaseUser, *, actor: AbstractBaseUser, by: Any, client: Client
) -> Begun:
    """Let ``actor`` act as ``user``; ``by`` is what has signed the actor in.

    Raises:
        DomainError: one of ``refusals()``.
        LookupError: no module answers.
    """
    return _answer().begin(user, actor=actor, by=by, client=client)


def end(user: AbstractBaseUser, *, actor: AbstractBaseUser, client: Client) -> bool:
    """End what ``actor`` does as ``user``; return False if there is none.

    Raises:
        LookupError: no module answers.
    """
    return _answer().end(user, actor=actor, client=client)


def _answer() -> Impersonations:
    if _provider is None:
        raise LookupError("No installed module answers; ask available() first.")
    return _provider
