"""Read what I have consented to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.services.consents import (
    ConsentWording,
    consents_in_force,
    consents_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListConsentsInput(Input):
    """The user, and the languages they read."""

    user: AbstractBaseUser
    languages: Sequence[str] = ()
    """The best one first."""


class ListConsents(UseCase[ListConsentsInput, list[ConsentWording]]):
    """Return every consent in force with what the user decided.

    Two queries, however many there are.
    """

    atomic = False

    def run(self) -> list[ConsentWording]:
        return self.find_consents()

    def find_consents(self) -> list[ConsentWording]:
        """Return the consents, in the order of the documents."""
        now, given = timezone.now(), self.input
        asked = consents_in_force(now)
        return consents_of(given.user, asked, now, given.languages)
