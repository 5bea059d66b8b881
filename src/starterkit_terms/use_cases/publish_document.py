"""Publish a version of a document from its texts; the document may be new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Model

from starterkit_core.db.conflicts import Conflict
from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.errors import DocumentDiffers
from starterkit_terms.models import (
    AbstractDocument,
    AbstractVersion,
    VersionText,
    document_model,
    version_model,
)
from starterkit_terms.services.freezing import next_number
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    """A text in one language."""

    locale: str
    title: str
    source: str
    """Markdown."""

    checkbox: str = ""
    """What users tick to accept it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishDocumentInput(Input):
    """The document, the texts of the new version, and when it takes effect."""

    key: str
    texts: Sequence[DraftText]
    """A new document gets the title of the first one."""

    label: str
    change_summary: str = ""
    nature: str | None = None
    """Of a new document, contract if None; an existing one must have the same."""

    optional: bool = False
    """Whether a new document is not mandatory."""

    announce_at: datetime | None = None
    effective_at: datetime | None = None
    enforce_at: datetime | None = None
    change_class: str | None = None
    """What the version asks of users; active if None."""

    authoritative_locale: str = ""
    """The language that prevails, or ``""``."""

    position: int | None = None
    """Of a new document among the others; 0 if None."""

    audience: str = ""
    """Whom a new document is for, a name in ``AUDIENCES``; ``""`` is everybody."""


class PublishDocument(UseCase[PublishDocumentInput, AbstractVersion]):
    """Create the document if it is new, draft a version with its texts, publish it.

    Raises:
        DocumentDiffers: there is a document with this key, of another nature, or a
            mandatory one that was to be optional.
        VersionNotFound: as ``PublishVersion``.
        VersionPublished: as ``PublishVersion``.
        VersionWithoutText: as ``PublishVersion``.
        VersionOutdated: as ``PublishVersion``.
        VersionUnchanged: as ``PublishVersion``.
        LocalesMissing: as ``PublishVersion``.
        DatesOutOfOrder: as ``PublishVersion``.
        NoticeTooShort: as ``PublishVersion``.
        PublisherIsAuthor: as ``PublishVersion``.
        ValidationError: Django's; a value is not valid.
    """

    raises = (DocumentDiffers, *PublishVersion.raises)

    _collided = False
    """Whether another process has saved the document since ``run()`` began."""

    def run(self) -> AbstractVersion:
        document = self.find_document()
        if document is None:
            document = self.create_document(self.document_fields())
        version = self.create_version(self.version_fields(document))
        self.create_texts(version)
        return self.publish(version)

    def find_document(self) -> AbstractDocument | None:
        """Return the document with this key, or None.

        Raises:
            DocumentDiffers: its nature or ``mandatory`` contradicts the input.
        """
        found = document_model().objects.filter(key=self.input.key)
        document: AbstractDocument | None = found.first()
        if document is None:
            return None
        same_nature = self.input.nature in {None, document.nature}
        if not same_nature or (self.input.optional and document.mandatory):
            raise DocumentDiffers
        return document

    def document_fields(self) -> dict[str, Any]:
        """Return the values of a new document; a host adds those of its own model."""
        nature = self.input.nature or AbstractDocument.Nature.CONTRACT
        can_be_mandatory = nature in AbstractDocument.ACCEPTABLE
        return {
            "key": self.input.key,
            "title": self.input.texts[0].title,
            "nature": nature,
            "mandatory": can_be_mandatory and not self.input.optional,
            "position": self.input.position or 0,
            "audience": self.input.audience,
        }

    def create_document(self, fields: dict[str, Any]) -> AbstractDocument:
        """Save a new document.

        Raises:
            Conflict: another process has just saved a document with this key.
            IntegrityError: the model needs a field that ``document_fields`` lacks.
        """
        document = document_model()(**fields)
        document.full_clean(validate_unique=False)
        document.validate_unique(exclude={"key"})
        try:
            document.save()
        except IntegrityError as error:
            if self._collided:
                raise
            self._collided = True
            raise Conflict from error
        return document

    def version_fields(self, document: AbstractDocument) -> dict[str, Any]:
        """Return the values of the new version; a host adds those of its own model."""
        return {
            "document": document,
            "number": next_number(document),
            "label": self.input.label,
            "change_summary": self.input.change_summary,
            "authoritative_locale": self.input.authoritative_locale,
        }

    def create_version(self, fields: dict[str, Any]) -> AbstractVersion:
        """Save the draft of a version."""
        version = version_model()(**fields)
        _check(version, "document")
        version.save()
        return version

    def create_texts(self, version: AbstractVersion) -> None:
        """Save the texts of the version."""
        for text in self.input.texts:
            row = VersionText(
                version_id=version.pk,
                locale=text.locale,
                title=text.title,
                checkbox=text.checkbox,
                source=text.source,
            )
            _check(row, "version")
            row.save()

    def publish(self, version: AbstractVersion) -> AbstractVersion:
        """Publish the draft."""
        return PublishVersion.execute(
            PublishVersionInput(
                version=version,
                change_class=self.input.change_class,
                announce_at=self.input.announce_at,
                effective_at=self.input.effective_at,
                enforce_at=self.input.enforce_at,
            )
        )


def _check(row: Model, saved: str) -> None:
    """Do what ``full_clean()`` does, but trust the foreign key ``saved``.

    Django looks for its row where the project reads, which may be a replica.

    Raises:
        ValidationError: a value is not valid.
    """
    row.clean_fields(exclude={saved})
    row.clean()
    row.validate_unique()
    row.validate_constraints()
