"""Take over the texts that another package had in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.moments import as_stored
from starterkit_terms.errors import VersionOutdated
from starterkit_terms.models import (
    AbstractVersion,
    VersionText,
    document_model,
    version_model,
)
from starterkit_terms.services import epochs
from starterkit_terms.services.former_tables import FormerVersion
from starterkit_terms.services.freezing import freeze, next_number


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportVersionsInput(Input):
    """The texts by their former ids, the first one first."""

    source: str
    """The package that they come from."""

    versions: Mapping[int, FormerVersion]
    locale: str
    """The language of all of them: the other packages have one."""

    mandatory: bool = True
    """Whether documents that are new here must be accepted."""

    apply: bool = True
    """Whether to save them; False only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedVersions:
    """Our versions by their former ids, and how many of them are new."""

    versions: dict[int, Any]
    """None for one that was not saved."""

    imported: int


class ImportVersions(UseCase[ImportVersionsInput, ImportedVersions]):
    """Publish texts as they were published elsewhere, with their dates.

    A version with the same document and label is the same one. A text that is not in
    force yet is left out; so it can be published here.

    Raises:
        VersionOutdated: the document has a version, or a draft, that was made here.
    """

    raises = (VersionOutdated,)

    def run(self) -> ImportedVersions:
        found = self.find_versions()
        new = {key: it for key, it in self._in_force().items() if key not in found}
        for former_id, former in new.items():
            found[former_id] = None
            if self.input.apply:
                document = self.find_document(former, self.document_fields(former))
                at = self.find_date(document, former)
                version = self.create(self.version_fields(document, former))
                self.create_text(version, former)
                self.publish(version, at)
                found[former_id] = version
        if self.input.apply and new:
            self.record_event(len(new))
        return ImportedVersions(versions=found, imported=len(new))

    def _in_force(self) -> dict[int, FormerVersion]:
        now, given = timezone.now(), self.input.versions
        return {k: it for k, it in given.items() if as_stored(it.effective_at) <= now}

    def find_versions(self) -> dict[int, Any]:
        """Return the versions that were imported before, by their former ids."""
        found = {key: self._find(it) for key, it in self._in_force().items()}
        return {key: version for key, version in found.items() if version is not None}

    def _find(self, former: FormerVersion) -> Any:
        rows = rows_of(version_model()).filter(published_at__isnull=False)
        same = rows.filter(document__key=former.key, label=former.label)
        return same.select_related("document").first()

    def find_document(self, former: FormerVersion, fields: dict[str, Any]) -> Any:
        """Return the document, a new one if there is none with this key."""
        documents = document_model().objects
        return documents.get_or_create(key=former.key, defaults=fields)[0]

    def document_fields(self, former: FormerVersion) -> dict[str, Any]:
        """Return the values of a new document; a host adds those of its own model."""
        return {"title": former.title[:200], "mandatory": self.input.mandatory}

    def find_date(self, document: Any, former: FormerVersion) -> datetime:
        """Return when it took effect.

        Raises:
            VersionOutdated: the last version, or a draft, is not from that package.
        """
        rows = rows_of(version_model()).filter(document=document.pk)
        last: Any = rows.order_by("-number").first()
        at = as_stored(former.effective_at)
        if last is None:
            return at
        imported = {it.label for it in self.input.versions.values()}
        if last.published_at is None or last.label not in imported:
            raise VersionOutdated
        # The one that was active last may have been written before others.
        effective: datetime = last.effective_at
        return max(at, effective)

    def version_fields(self, document: Any, former: FormerVersion) -> dict[str, Any]:
        """Return the values of a version; a host adds those of its own model."""
        return {
            "document": document,
            "number": next_number(document),
            "label": former.label,
            "change_summary": former.summary,
        }

    def create(self, fields: dict[str, Any]) -> AbstractVersion:
        """Save a version, as a draft."""
        version: AbstractVersion = version_model()(**fields)
        version.save()
        return version

    def create_text(self, version: AbstractVersion, former: FormerVersion) -> None:
        """Save the text, frozen."""
        text = VersionText(
            version_id=version.pk,
            locale=self.input.locale,
            title=former.title[:200],
            source=former.source,
        )
        freeze(text, version)
        text.save()

    def publish(self, version: AbstractVersion, at: datetime) -> None:
        """Save that it was published when it took effect elsewhere."""
        # A plain queryset has no guard against publishing.
        rows: QuerySet[Any] = rows_of(version_model()).filter(pk=version.pk)
        rows.update(published_at=at, announce_at=at, effective_at=at)
        version.published_at = version.announce_at = version.effective_at = at
        epochs.forget()

    def record_event(self, number: int) -> None:
        """Record how many texts were imported."""
        facts = {"source": self.input.source, "number": number}
        audit.record("terms.versions_imported", facts=facts)
