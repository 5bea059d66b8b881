"""Gives an account whose address was never proven to the newest registration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import sessions, unproven_accounts
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOverInput(Input):
    """The user, locked, and the values of the new registration."""

    user: AbstractBaseUser
    fields: Mapping[str, Any]


class StartOver(UseCase[StartOverInput, AbstractBaseUser]):
    """Return the user with the values of the new registration, not saved yet.

    Called by signing up, in its transaction. Neither sessions nor texts of the former
    registration are left: its client may not own the address.
    """

    def run(self) -> AbstractBaseUser:
        self.end_sessions()
        self.discard_texts()
        return self.set_fields()

    def end_sessions(self) -> None:
        """End the sessions of the former registration."""
        sessions.end_sessions(self.input.user, "registered_again")

    def discard_texts(self) -> None:
        """Blank the texts of the former registration."""
        _set(self.input.user, unproven_accounts.blank_texts(self.input.user))

    def set_fields(self) -> AbstractBaseUser:
        """Return the user with the values of the new registration."""
        _set(self.input.user, self.input.fields)
        return self.input.user


def _set(user: AbstractBaseUser, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(user, name, value)
