"""Read the version of one document that is in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.errors import DocumentNotFound
from starterkit_terms.models import version_model
from starterkit_terms.models.version import VersionQuerySet
from starterkit_terms.services.reading import (
    DocumentWording,
    full_texts,
    with_upcoming,
    wordings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocumentInput(Input):
    """Which document, and the languages of the reader, who may be anonymous."""

    key: str
    languages: Sequence[str] = ()
    """The best one first."""


class ReadDocument(UseCase[ReadDocumentInput, DocumentWording]):
    """Return the version in force, in the reader's language, and what is announced.

    Raises:
        DocumentNotFound: there is no such document, or no version is in force.
    """

    raises = (DocumentNotFound,)
    atomic = False

    def run(self) -> DocumentWording:
        now = timezone.now()
        current = self.find_versions(now)
        document = self.choose_language(current, now)
        return self.load_text(document)

    def find_versions(self, at: datetime) -> VersionQuerySet:
        """Return what is in force or announced; all of it is public."""
        current: VersionQuerySet = version_model().objects.current(at)
        return current.filter(document__key=self.input.key)

    def choose_language(
        self, current: VersionQuerySet, at: datetime
    ) -> DocumentWording:
        """Choose one text of each version, without loading it.

        Raises:
            DocumentNotFound: no version is in force.
        """
        found = with_upcoming(wordings(current, self.input.languages), at)
        if not found:
            raise DocumentNotFound
        return found[0]

    def load_text(self, document: DocumentWording) -> DocumentWording:
        """Load the text that was chosen."""
        key = document.text.pk
        return replace(document, text=full_texts([key])[key])
