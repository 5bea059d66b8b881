"""Read one version of a document, superseded or not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.errors import VersionNotFound
from starterkit_terms.services.published import numbered
from starterkit_terms.services.reading import Wording, full_texts, wordings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadVersionInput(Input):
    """Which version, and the languages of the reader, who may be anonymous."""

    key: str
    number: int
    languages: Sequence[str] = ()
    """The best one first."""


class ReadVersion(UseCase[ReadVersionInput, Wording]):
    """Return a version that was in force or is announced, with its frozen text.

    Raises:
        VersionNotFound: there is none with this number, or users may not read it yet.
    """

    raises = (VersionNotFound,)
    atomic = False

    def run(self) -> Wording:
        wording = self.find_wording()
        return self.load_text(wording)

    def find_wording(self) -> Wording:
        """Return the version in the reader's language, without loading its text.

        Raises:
            VersionNotFound: there is none.
        """
        versions = numbered(self.input.key, number=self.input.number)
        found = wordings(versions, self.input.languages)
        if not found:
            raise VersionNotFound
        return found[0]

    def load_text(self, wording: Wording) -> Wording:
        """Load the text that was chosen."""
        key = wording.text.pk
        return replace(wording, text=full_texts([key])[key])
