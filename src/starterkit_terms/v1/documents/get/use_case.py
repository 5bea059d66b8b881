"""Read the documents that are in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import VersionText, version_model
from starterkit_terms.models.version import VersionQuerySet
from starterkit_terms.services.reading import Wording, wordings


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDocumentsInput(Input):
    """The languages of the reader, who may be anonymous."""

    languages: Sequence[str] = ()
    """The best one first."""


class ListDocuments(UseCase[ListDocumentsInput, list[Wording]]):
    """Return the version in force of each document, in the reader's language.

    Two queries, however many documents and languages there are.
    """

    atomic = False

    def run(self) -> list[Wording]:
        in_force = self.find_versions()
        chosen = self.choose_language(in_force)
        return self.load_texts(chosen)

    def find_versions(self) -> VersionQuerySet:
        """Return the version in force of each document; all of them are public."""
        found: VersionQuerySet = version_model().objects.in_force(timezone.now())
        return found

    def choose_language(self, in_force: VersionQuerySet) -> list[Wording]:
        """Choose one text of each version, without loading it."""
        return wordings(in_force, self.input.languages)

    def load_texts(self, chosen: Sequence[Wording]) -> list[Wording]:
        """Load the chosen texts, but none in another language."""
        texts = VersionText.objects.in_bulk([wording.text.pk for wording in chosen])
        return [replace(wording, text=texts[wording.text.pk]) for wording in chosen]
