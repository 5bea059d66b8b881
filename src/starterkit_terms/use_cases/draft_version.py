"""Draft a new version from another one, with its texts."""

from dataclasses import dataclass
from typing import Any

from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import AbstractVersion, VersionText, version_model
from starterkit_terms.services.freezing import next_number

OF_ITS_OWN = frozenset(
    {"id", "created_at", "updated_at", "number", "authors", "change_class"}
    | {"change_summary", "published_at", "announce_at", "effective_at", "enforce_at"}
)
"""What a new version does not have from the one it is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersionInput(Input):
    """Which version to begin with."""

    version: AbstractVersion


class DraftVersion(UseCase[DraftVersionInput, AbstractVersion]):
    """Save a draft of the same document with copies of the texts."""

    def run(self) -> AbstractVersion:
        draft = self.create_version(self.copied_fields())
        self.copy_texts(draft)
        return draft

    def copied_fields(self) -> dict[str, Any]:
        """Return the values of the draft; columns of a host are copied.

        What others have not published yet is still the work of its authors.
        """
        source = self.input.version
        names = [it.attname for it in source._meta.concrete_fields]
        kept = {name: getattr(source, name) for name in names if name not in OF_ITS_OWN}
        authors = [] if source.published_at else [*source.authors]
        return {**kept, "authors": authors, "number": next_number(source.document)}

    def create_version(self, fields: dict[str, Any]) -> AbstractVersion:
        """Save the draft."""
        draft = version_model()(**fields)
        draft.save()
        return draft

    def copy_texts(self, draft: AbstractVersion) -> None:
        """Save the texts of the other version as texts of the draft."""
        names = ("locale", "title", "checkbox", "source")
        texts = VersionText.objects.filter(version=self.input.version.pk)
        VersionText.objects.bulk_create(
            VersionText(
                version_id=draft.pk, **{name: getattr(it, name) for name in names}
            )
            for it in texts
        )
