"""Check that the files of documents are what is published."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_terms.management.drift import drift_of
from starterkit_terms.management.text_files import BadTextFile, read_documents


class Command(BaseCommand):
    """Compares the files with the database; changes no data. For CI."""

    help = "Fail if the files of a folder differ from what is published."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the folder."""
        parser.add_argument("folder", type=Path, help="has <key>/<locale>.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference.

        Raises:
            CommandError: there is one, or a file is not as it should be.
        """
        try:
            documents = read_documents(options["folder"])
        except BadTextFile as error:
            raise CommandError(str(error)) from error
        found = [line for given in documents for line in drift_of(given)]
        for line in found:
            self.stdout.write(self.style.ERROR(line))
        if found:
            raise CommandError("The files differ from what is published.")
        text = "The files are what is published."
        self.stdout.write(self.style.SUCCESS(text))
