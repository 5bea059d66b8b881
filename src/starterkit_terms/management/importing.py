"""What the commands share that import from other packages."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_core.errors import DomainError
from starterkit_core.management.progress import Progress
from starterkit_terms.conf import default_locale
from starterkit_terms.services.former_tables import Source
from starterkit_terms.use_cases.import_acts import ImportActs, ImportActsInput
from starterkit_terms.use_cases.import_versions import (
    ImportVersions,
    ImportVersionsInput,
)


class ImportCommand(BaseCommand):
    """Imports texts, then acts in batches; repeating it is safe."""

    source: Source

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the language, ``--optional`` and ``--dry-run``."""
        add = parser.add_argument
        add("--locale", default=default_locale(), help="language of the texts")
        add("--optional", action="store_true", help="new documents are not mandatory")
        add("--dry-run", action="store_true", help="count, change no data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and print how much there was.

        Raises:
            CommandError: the tables are missing, or versions were published after.
        """
        if not self.source.is_there():
            names = " and ".join(self.source.tables)
            raise CommandError(f"There are no tables {names}.")
        apply = not options["dry_run"]
        versions = self.import_versions(options, apply=apply)
        self.import_acts(versions, apply=apply)

    def import_versions(
        self, options: Mapping[str, Any], *, apply: bool
    ) -> dict[int, Any]:
        """Import the texts; return our versions by the former ids."""
        given = ImportVersionsInput(
            source=self.source.name,
            versions=self.source.versions(options.get("key", "")),
            locale=options["locale"].lower(),
            mandatory=not options["optional"],
            apply=apply,
        )
        try:
            found = ImportVersions.execute(given)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"versions: {found.imported} {said(apply=apply)}")
        return found.versions

    def import_acts(self, versions: Mapping[int, Any], *, apply: bool) -> None:
        """Import the acts batch by batch."""
        progress, numbers = Progress(self.stdout, "acts"), Counter[str]()
        for page in self.source.pages():
            given = ImportActsInput(
                source=self.source.name, acts=page, versions=versions, apply=apply
            )
            numbers += Counter(asdict(ImportActs.execute(given)))
            progress.tell(numbers.total())
        progress.done(f"acts: {numbers['imported']} {said(apply=apply)}")
        self.stdout.write(f"imported before: {numbers['known']}")
        self.stdout.write(f"of no text that was in force: {numbers['unusable']}")


def said(*, apply: bool) -> str:
    """Return what happened to the rows."""
    return "imported" if apply else "to import"
