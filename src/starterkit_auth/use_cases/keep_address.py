"""Decides which of several accounts keeps an address; for ``auth_addresses``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import addresses, user_addresses
from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase

Rule = Callable[[Sequence[AbstractBaseUser]], AbstractBaseUser]


def oldest(accounts: Sequence[AbstractBaseUser]) -> AbstractBaseUser:
    """Return the first of ``accounts``, which are ordered by age."""
    return accounts[0]


def newest(accounts: Sequence[AbstractBaseUser]) -> AbstractBaseUser:
    """Return the last of ``accounts``, which are ordered by age."""
    return accounts[-1]


def last_sign_in(accounts: Sequence[AbstractBaseUser]) -> AbstractBaseUser:
    """Return the account that signed in last; the oldest one if none ever did.

    An attacker who made a second account with an unproven address can sign in, too.
    """
    moments = {user.pk: getattr(user, "last_login", None) for user in accounts}
    used = [user for user in accounts if moments[user.pk]]
    return max(used or accounts[:1], key=lambda user: moments[user.pk] or 0)


RULES: Mapping[str, Rule] = {
    "oldest": oldest,
    "newest": newest,
    "last-sign-in": last_sign_in,
}
"""The rules that ``auth_addresses --keep`` offers; inactive accounts come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAddressInput(Input):
    """An address, the accounts that have it, oldest first, and the rule."""

    key: str
    """The canonical form of the address."""

    accounts: Sequence[AbstractBaseUser]
    rule: str
    """A key of ``RULES``."""


class KeepAddress(UseCase[KeepAddressInput, AbstractBaseUser | None]):
    """Save which account holds an address; return it, or None if another was faster.

    The address is not proven by that: the first sign-in asks for a code. The other
    accounts stay as they are, but no longer sign in with the address.
    """

    def run(self) -> AbstractBaseUser | None:
        accounts = self.lock_accounts()
        if not accounts or self.is_held():
            return None
        keeper = self.choose(accounts)
        if not self.save_address(keeper):
            return None
        self.record_event(keeper)
        return keeper

    def lock_accounts(self) -> list[AbstractBaseUser]:
        """Return the accounts that still have the address, locked, in their order."""
        order = [user.pk for user in self.input.accounts]
        users = rows_of(get_user_model()).select_for_update()
        found: list[Any] = [*users.filter(pk__in=order).order_by("pk")]
        current = (u for u in found if user_addresses.is_address_of(u, self.input.key))
        return sorted(current, key=lambda user: order.index(user.pk))

    def is_held(self) -> bool:
        """Return whether an account holds the address by now."""
        account = addresses.look_up_locked(self.input.key)
        return account is not None and account.registered

    def choose(self, accounts: Sequence[AbstractBaseUser]) -> AbstractBaseUser:
        """Return the account that keeps the address; override it for another rule."""
        active = [user for user in accounts if user.is_active]
        return RULES[self.input.rule](active or accounts)

    def save_address(self, keeper: AbstractBaseUser) -> bool:
        """Save that it holds the address; return False if another was faster."""
        return addresses.keep(keeper)

    def record_event(self, keeper: AbstractBaseUser) -> None:
        """Record it for the account that keeps the address."""
        facts = {"rule": self.input.rule, "number": len(self.input.accounts)}
        audit.record("auth.address_kept", subject=keeper, facts=facts)
