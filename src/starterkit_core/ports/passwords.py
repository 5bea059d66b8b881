"""The rules for new passwords, and their hashing, for every module that sets one.

A module registers its rules; without one, only ``AUTH_PASSWORD_VALIDATORS`` decide. So
an account that is made in another way than by a sign-up gets no weaker password.
"""

from typing import Any, Protocol

from django.contrib.auth import hashers, password_validation
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from starterkit_core.errors import WeakPassword

LONGEST_PASSWORD = 256
"""Longest accepted password, in code points; this bounds the cost of hashing."""


class PasswordRules(Protocol):
    """What a password must be like, and how it is hashed."""

    def check(self, password: str, *, email: str, user: AbstractBaseUser) -> None:
        """Refuse a weak password.

        Raises:
            WeakPassword: it is short, common or easily guessed.
        """

    def encode(self, password: str) -> str:
        """Return the slow, salted hash.

        Raises:
            Busy: too many passwords are being hashed.
        """


class _OfDjango:
    """The rules without a module that has some."""

    def check(self, password: str, *, email: str, user: Any) -> None:
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            raise WeakPassword.of(
                {
                    inner.code or "password_refused": " ".join(inner.messages)
                    for inner in error.error_list
                }
            ) from None

    def encode(self, password: str) -> str:
        return hashers.make_password(password)


_rules: list[PasswordRules] = []


def register(rules: PasswordRules) -> None:
    """Let ``rules`` decide; those that were registered before count no more."""
    _rules[:] = [rules]


def unregister() -> None:
    """Let Django's validators alone decide."""
    _rules.clear()


def check(password: str, *, email: str, user: AbstractBaseUser) -> None:
    """Refuse a weak password for ``user``, who may be unsaved, at address ``email``.

    Raises:
        WeakPassword: its fact ``reasons`` lists every code and sentence.
    """
    _active().check(password, email=email, user=user)


def encode(password: str) -> str:
    """Return the slow, salted hash of ``password``; call it outside a transaction.

    Raises:
        Busy: too many passwords are being hashed.
    """
    return _active().encode(password)


def put(user: AbstractBaseUser, password: str, encoded: str) -> None:
    """Set an already hashed password on ``user``; the caller saves the user.

    On save, ``password_changed()`` of the validators is called, as after
    ``set_password()``; not if ``password`` is ``""``, because only the hash is left.
    """
    user.password = encoded
    # As set_password() does: save() passes it to the validators.
    user._password = password or None  # type: ignore[attr-defined]  # noqa: SLF001  # as above


def _active() -> PasswordRules:
    return _rules[0] if _rules else _OfDjango()
