"""Read one consent of mine."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.errors import ConsentNotFound
from starterkit_terms.services.consents import (
    ConsentWording,
    consents_in_force,
    consents_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConsentInput(Input):
    """The user, the key of the consent, and the languages they read."""

    user: AbstractBaseUser
    key: str
    languages: Sequence[str] = ()
    """The best one first."""


class ReadConsent(UseCase[ReadConsentInput, ConsentWording]):
    """Return a consent in force with what the user decided.

    Raises:
        ConsentNotFound: there is no consent with this key that is in force.
    """

    raises = (ConsentNotFound,)
    atomic = False

    def run(self) -> ConsentWording:
        return self.find_consent()

    def find_consent(self) -> ConsentWording:
        """Return the consent.

        Raises:
            ConsentNotFound: there is none with this key.
        """
        now, given = timezone.now(), self.input
        asked = consents_in_force(now).filter(document__key=given.key)
        found = consents_of(given.user, asked, now, given.languages)
        if not found:
            raise ConsentNotFound
        return found[0]
