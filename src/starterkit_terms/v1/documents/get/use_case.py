"""Read the documents that are in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import version_model
from starterkit_terms.models.version import VersionQuerySet
from starterkit_terms.services.reading import (
    DocumentWording,
    Wording,
    current_wordings,
    full_texts,
    with_upcoming,
    wordings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocumentsInput(Input):
    """The languages of the reader, who may be anonymous."""

    languages: Sequence[str] = ()
    """The best one first."""


class ListDocuments(UseCase[ListDocumentsInput, list[DocumentWording]]):
    """Return the version in force of each document, in the reader's language.

    Each has what is announced beside it, without its text.

    Two queries, however many documents and languages there are.
    """

    atomic = False

    def run(self) -> list[DocumentWording]:
        if self._chooses_as_shipped():
            chosen = current_wordings(timezone.now(), self.input.languages)
        else:
            chosen = self.choose_language(self.find_versions())
        return self.load_texts(self.add_upcoming(chosen))

    def find_versions(self) -> VersionQuerySet:
        """Return what is in force or announced of each document; all are public."""
        found: VersionQuerySet = version_model().objects.current(timezone.now())
        return found

    def choose_language(self, current: VersionQuerySet) -> list[Wording]:
        """Choose one text of each version, without loading it."""
        return wordings(current, self.input.languages)

    def add_upcoming(self, chosen: Sequence[Wording]) -> list[DocumentWording]:
        """Return what is in force, each with what is announced of its document."""
        return with_upcoming(chosen, timezone.now())

    def load_texts(self, chosen: Sequence[DocumentWording]) -> list[DocumentWording]:
        """Load the chosen texts, but none in another language."""
        texts = full_texts([wording.text.pk for wording in chosen])
        return [replace(wording, text=texts[wording.text.pk]) for wording in chosen]

    def _chooses_as_shipped(self) -> bool:
        """Return whether SQL that is compiled once loads what the two steps would."""
        steps = ("find_versions", "choose_language")
        return all(
            getattr(type(self), it) is getattr(ListDocuments, it) for it in steps
        )
