"""Publish versions of documents from Markdown files."""

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import localtime

from starterkit_core.db.databases import accounts_database, rows_of
from starterkit_core.errors import DomainError
from starterkit_core.utils.moments import as_stored, as_utc
from starterkit_terms.conf import default_locale
from starterkit_terms.errors import VersionUnchanged
from starterkit_terms.management.text_files import (
    BadTextFile,
    heading_of,
    read_documents,
)
from starterkit_terms.models import (
    AbstractDocument,
    AbstractVersion,
    VersionText,
    version_model,
)
from starterkit_terms.use_cases.publish_document import (
    DraftText,
    PublishDocument,
    PublishDocumentInput,
)


class Command(BaseCommand):
    """Publishes texts from files, all of them or none.

    A host whose own models have more required fields overrides the use case
    ``starterkit_terms.use_cases.publish_document``.
    """

    help = (
        "Publish a version of a document, or of every document of a folder of "
        "<key>/<locale>.md; new documents are created."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the document, the texts and the dates."""
        add = parser.add_argument
        add("key", help="key of the document, such as terms; or a folder")
        add("file", type=Path, nargs="?", help="Markdown file; none with a folder")
        add("--dry-run", action="store_true", help="check and print, change no data")
        add("--locale", default=default_locale(), help="language of the file")
        add("--text", action="append", default=[], help="another text: locale=path")
        add("--title", default="", help="title; the first heading if left out")
        add("--label", help="name of the version, such as 2026-11; for a file")
        add("--summary", default="", help="what has changed")
        natures = AbstractDocument.Nature.values
        add("--nature", choices=natures, help="of a new document; default contract")
        add("--optional", action="store_true", help="a new document is not mandatory")
        add("--checkbox", default="", help="what users tick, in the language of file")
        classes = AbstractVersion.ChangeClass.values
        add("--class", choices=classes, dest="change_class", help="default active")
        add("--announce-at", type=moment, help="ISO 8601; now if left out")
        add("--effective-at", type=moment, help="ISO 8601; now if left out")
        add("--enforce-at", type=moment, help="ISO 8601; --effective-at if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, and print what was published; unchanged texts are no failure.

        Raises:
            CommandError: it cannot be published; no data was changed.
        """
        documents = self.read_folder(options) or [self.read_input(options)]
        if len(documents) == 1 and not options["dry_run"]:
            self.publish(documents[0])
            return
        with transaction.atomic(using=accounts_database()):
            for given in documents:
                self.publish(given)
            if options["dry_run"]:
                transaction.set_rollback(True, using=accounts_database())
                self.stdout.write("A dry run: no data was changed.")

    def publish(self, given: PublishDocumentInput) -> None:
        """Publish one document, and print what was published.

        Raises:
            CommandError: it cannot be published.
        """
        try:
            version = PublishDocument.execute(given)
        except VersionUnchanged as unchanged:
            self.report_unchanged(given, unchanged.facts["version"])
        except DomainError as refusal:
            raise CommandError(f"{given.key}: {reason_of(refusal)}") from refusal
        except ValidationError as invalid:
            text = "; ".join(invalid.messages)
            raise CommandError(f"{given.key}: {text}") from invalid
        else:
            self.report(version)

    def read_folder(self, options: dict[str, Any]) -> list[PublishDocumentInput]:
        """Return the documents of a folder; none if a file is given.

        Raises:
            CommandError: there is no such folder, or a file is not as it should be.
        """
        if options["file"]:
            return []
        folder = Path(options["key"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder: name a file after the key.")
        try:
            return read_documents(folder)
        except BadTextFile as error:
            raise CommandError(str(error)) from error

    def read_input(self, options: dict[str, Any]) -> PublishDocumentInput:
        """Return what the options say, with the texts of the files."""
        if options["label"] is None:
            raise CommandError("--label is required.")
        return PublishDocumentInput(
            key=options["key"],
            texts=[*self.read_texts(options)],
            label=options["label"],
            change_summary=options["summary"],
            nature=options["nature"],
            optional=options["optional"],
            change_class=options["change_class"],
            announce_at=options["announce_at"],
            effective_at=options["effective_at"],
            enforce_at=options["enforce_at"],
        )

    def read_texts(self, options: dict[str, Any]) -> Iterator[DraftText]:
        """Yield one text for each file."""
        text = self.read_text(options["locale"], options["file"], options["title"])
        yield replace(text, checkbox=options["checkbox"])
        for pair in options["text"]:
            locale, found, path = pair.partition("=")
            if not found:
                raise CommandError(f"--text {pair}: write it as locale=path.")
            yield self.read_text(locale, Path(path), "", fallback=options["title"])

    def read_text(
        self, locale: str, path: Path, title: str, fallback: str = ""
    ) -> DraftText:
        """Return a file's text; its title is ``title``, a heading or ``fallback``."""
        try:
            source = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot read {path}: {error}") from error
        title = title or heading_of(source) or fallback
        return DraftText(locale=locale.lower(), title=title, source=source)

    def report(self, version: AbstractVersion) -> None:
        """Print what was published."""
        self.stdout.write(self.style.SUCCESS(f"Published {summary_of(version)}."))
        for text in VersionText.objects.filter(version=version.pk):
            self.stdout.write(f"  {text.locale}  {text.content_hash}  {text.title}")

    def report_unchanged(self, given: PublishDocumentInput, key: str) -> None:
        """Print what has been published before, and whether other dates were given."""
        version = rows_of(version_model()).select_related("document").get(pk=key)
        self.stdout.write(f"Unchanged: {summary_of(version)}.")
        dates = {(given.effective_at, version.effective_at)}
        dates |= {(given.enforce_at, version.enforce_at)}
        if any(asked not in {None, kept} for asked, kept in dates):
            text = "A published version keeps its dates; publish under another --label."
            self.stdout.write(self.style.WARNING(text))


def summary_of(version: AbstractVersion) -> str:
    """Return which version it is, and its dates."""
    dates = f"in force from {written(version.effective_at)}"
    if version.enforce_at:
        dates += f", enforced from {written(version.enforce_at)}"
    return f"{version.document.key} {version.label} (number {version.number}), {dates}"


def moment(text: str) -> datetime:
    """Parse a date or datetime; without offset, it is in the current time zone.

    Raises:
        ValueError: it is neither; argparse reports it.
    """
    return as_stored(datetime.fromisoformat(text))


def written(moment: datetime | None) -> str:
    """Return a stored moment as text, in the current time zone; ``""`` of None."""
    return f"{localtime(as_utc(moment)):%Y-%m-%d %H:%M %Z}" if moment else ""


def reason_of(refusal: DomainError) -> str:
    """Return the message of a refusal, with what it says beside that."""
    facts = "; ".join(f"{name}: {value}" for name, value in refusal.facts.items())
    return f"{refusal.message} ({facts})" if facts else str(refusal.message)
