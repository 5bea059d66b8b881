"""Read which documents the user still has to accept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import version_model
from starterkit_terms.services.reading import Wording, wordings


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPendingInput(Input):
    """The user, and the languages they read."""

    user: AbstractBaseUser
    languages: Sequence[str] = ()
    """The best one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWording(Wording):
    """A version to accept, and whether the gate is closed until then."""

    blocking: bool


class ListPending(UseCase[ListPendingInput, list[PendingWording]]):
    """Return every mandatory version in force that the user has not accepted.

    Two queries, however many there are.
    """

    atomic = False

    def run(self) -> list[PendingWording]:
        now = timezone.now()
        pending = self.find_pending(now)
        blocking = self.find_blocking(now) if pending else set()
        return [self.judge(wording, blocking) for wording in pending]

    def find_pending(self, at: datetime) -> list[Wording]:
        """Return the versions in force that are not accepted, enforced or not."""
        pending = version_model().objects.pending(self.input.user, at)
        return wordings(pending, self.input.languages)

    def find_blocking(self, at: datetime) -> set[UUID]:
        """Return which versions close the gate."""
        blocking = version_model().objects.blocking(self.input.user, at)
        return {*blocking.values_list("pk", flat=True)}

    def judge(self, wording: Wording, blocking: set[UUID]) -> PendingWording:
        """Return the wording with the flag whether it closes the gate."""
        return PendingWording(
            version=wording.version,
            text=wording.text,
            locales=wording.locales,
            blocking=wording.version.pk in blocking,
        )
