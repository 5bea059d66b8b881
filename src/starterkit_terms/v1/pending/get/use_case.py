"""Read what the user still has to accept, or to decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import AbstractDocument
from starterkit_terms.services.reading import (
    Wording,
    blocking_wordings,
    only_for,
    outstanding_wordings,
    upcoming_wordings,
)


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

    @property
    def optional(self) -> bool:
        """Whether it is a consent, which the user is free to refuse."""
        return bool(self.version.document.nature == _CONSENT)

    @property
    def deadline(self) -> datetime | None:
        """The time from which it must have been accepted; None of a consent."""
        return None if self.optional else self.version.deadline


_CONSENT = AbstractDocument.Nature.CONSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What the user has to accept, and what is announced."""

    results: Sequence[PendingWording]
    upcoming: Sequence[Wording]


class ListPending(UseCase[ListPendingInput, Pending]):
    """Return what the user has not accepted, and consents not decided on yet.

    Beside it, what is announced of mandatory documents, unless it is a silent change.
    Three queries, however many there are.
    """

    atomic = False

    def run(self) -> Pending:
        now = timezone.now()
        pending = self.find_pending(now)
        binds = any(it.version.document.mandatory for it in pending)
        blocking = self.find_blocking(now) if binds else set()
        judged = [self.judge(wording, blocking) for wording in pending]
        return Pending(results=judged, upcoming=self.find_upcoming(now))

    def find_pending(self, at: datetime) -> list[Wording]:
        """Return the versions in force that are neither accepted nor decided on."""
        return outstanding_wordings(self.input.user, at, self.input.languages)

    def find_blocking(self, at: datetime) -> set[UUID]:
        """Return which versions close the gate."""
        blocking = blocking_wordings(self.input.user, at)
        return {wording.version.pk for wording in blocking}

    def find_upcoming(self, at: datetime) -> list[Wording]:
        """Return the announced versions of mandatory documents for the user."""
        announced = upcoming_wordings(at, self.input.languages)
        return only_for(self.input.user, announced)

    def judge(self, wording: Wording, blocking: set[UUID]) -> PendingWording:
        """Return the wording with the flag whether it closes the gate."""
        return PendingWording(
            version=wording.version,
            text=wording.text,
            locales=wording.locales,
            blocking=wording.version.pk in blocking,
        )
