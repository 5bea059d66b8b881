"""Publish a version of a document from Markdown files."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import is_naive, make_aware

from starterkit_core.errors import DomainError
from starterkit_terms.conf import default_locale
from starterkit_terms.models import (
    AbstractDocument,
    AbstractVersion,
    VersionText,
    documents,
    versions,
)
from starterkit_terms.services.publishing import next_number, publish


class Command(BaseCommand):
    """Publishes texts from files; all of it happens, or nothing.

    A host whose own models have more required fields subclasses this under the same
    name and gives their values in ``document_fields`` and ``version_fields``.
    """

    help = "Publish a version of a document; the document is made when it is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the document, the texts and the dates."""
        add = parser.add_argument
        add("key", help="key of the document, such as terms")
        add("file", type=Path, help="Markdown file")
        add("--locale", default=default_locale(), help="language of the file")
        add("--text", action="append", default=[], help="another one: locale=path")
        add("--title", default="", help="title; the first heading when left out")
        add("--label", required=True, help="what people call it, such as 2026-11")
        add("--summary", default="", help="what has changed")
        natures = AbstractDocument.Nature.values
        add("--nature", choices=natures, help="of a new document; default contract")
        add("--optional", action="store_true", help="a new document is not mandatory")
        add("--effective-at", type=moment, help="ISO 8601; now when left out")
        add("--enforce-at", type=moment, help="ISO 8601; then when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, and print what was published.

        Raises:
            CommandError: it cannot be published; nothing was changed.
        """
        texts = [*self.read_texts(options)]
        try:
            with transaction.atomic():
                version = self.publish(texts, options)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        except ValidationError as invalid:
            raise CommandError("; ".join(invalid.messages)) from invalid
        self.report(version)

    def read_texts(self, options: dict[str, Any]) -> Iterator[VersionText]:
        """Yield one text for each file."""
        yield self.read_text(options["locale"], options["file"], options["title"])
        for pair in options["text"]:
            locale, found, path = pair.partition("=")
            if not found:
                raise CommandError(f"--text {pair}: write it as locale=path.")
            yield self.read_text(locale, Path(path), "", fallback=options["title"])

    def read_text(
        self, locale: str, path: Path, title: str, fallback: str = ""
    ) -> VersionText:
        """Return the text in a file; its title is given, or its first heading."""
        try:
            source = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot read {path}: {error}") from error
        title = title or heading_of(source) or fallback
        return VersionText(locale=locale.lower(), title=title, source=source)

    def publish(
        self, texts: list[VersionText], options: dict[str, Any]
    ) -> AbstractVersion:
        """Make the document if need be, draft the version, and publish it."""
        document = self.find_document(options) or self.make_document(texts, options)
        version = versions.model(**self.version_fields(document, options))
        store(version)
        for text in texts:
            text.version = version  # type: ignore[assignment]
            store(text)
        return publish(
            version,
            effective_at=options["effective_at"],
            enforce_at=options["enforce_at"],
        )

    def find_document(self, options: dict[str, Any]) -> AbstractDocument | None:
        """Return the document with this key, if it is what the options say."""
        found = documents.model.objects.filter(key=options["key"])
        document: AbstractDocument | None = found.first()
        if document is None:
            return None
        if options["nature"] not in {None, document.nature}:
            raise CommandError(f"{document.key} is there: a {document.nature}.")
        if options["optional"] and document.mandatory:
            raise CommandError(f"{document.key} is there, and it is mandatory.")
        return document

    def make_document(
        self, texts: list[VersionText], options: dict[str, Any]
    ) -> AbstractDocument:
        """Store a new document, called like its first text."""
        document = documents.model(**self.document_fields(texts[0].title, options))
        store(document)
        return document

    def document_fields(self, title: str, options: dict[str, Any]) -> dict[str, Any]:
        """Return the values of a new document; a host adds those of its own model."""
        nature = options["nature"] or AbstractDocument.Nature.CONTRACT
        can_be_mandatory = nature in AbstractDocument.ACCEPTABLE
        return {
            "key": options["key"],
            "title": title,
            "nature": nature,
            "mandatory": can_be_mandatory and not options["optional"],
        }

    def version_fields(
        self, document: AbstractDocument, options: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the values of the new version; a host adds those of its own model."""
        return {
            "document": document,
            "number": next_number(document),
            "label": options["label"],
            "change_summary": options["summary"],
        }

    def report(self, version: AbstractVersion) -> None:
        """Print what was published."""
        dates = f"in force from {version.effective_at:%Y-%m-%d %H:%M %Z}"
        if version.enforce_at:
            dates += f", enforced from {version.enforce_at:%Y-%m-%d %H:%M %Z}"
        name = f"{version.document.key} {version.label} (number {version.number})"
        self.stdout.write(self.style.SUCCESS(f"Published {name}, {dates}."))
        for text in VersionText.objects.filter(version=version.pk):
            self.stdout.write(f"  {text.locale}  {text.content_hash}  {text.title}")


def moment(text: str) -> datetime:
    """Read a date or a date with time; without offset it is in the current time zone.

    Raises:
        ValueError: it is neither; argparse says so.
    """
    parsed = datetime.fromisoformat(text)
    return make_aware(parsed) if is_naive(parsed) else parsed


def heading_of(source: str) -> str:
    """Return the first heading of the highest level, if the text has one."""
    lines = source.splitlines()
    found = (line[2:].strip(" #") for line in lines if line.startswith("# "))
    return next(found, "")


def store(row: Any) -> None:
    """Save ``row`` if its fields are valid.

    Raises:
        ValidationError: they are not.
    """
    row.full_clean()
    row.save()
