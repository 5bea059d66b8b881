"""Export evidence of a person or of a version, with a script that verifies it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_core.errors import DomainError
from starterkit_terms.use_cases.export_evidence import (
    ExportEvidence,
    ExportEvidenceInput,
)


class Command(BaseCommand):
    """Writes a folder or a zip; it has personal data, so only its owner can read it."""

    help = (
        "Write evidence to a new folder or zip: acts, texts with hashes, a manifest "
        "and verify.py, which checks them with Python alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add whose or which evidence, and the target."""
        of = parser.add_mutually_exclusive_group(required=True)
        of.add_argument("--user", default="", help="id of a user, erased or not")
        which = "of every user about one version, such as terms@3 (key and number)"
        of.add_argument("--document", default="", help=which, metavar="KEY@NUMBER")
        target = "a new folder, or a new file if the name ends with .zip"
        parser.add_argument("target", type=Path, help=target)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and print how much there is.

        Raises:
            CommandError: there is no such evidence, or it cannot be written.
        """
        key, _, number = options["document"].partition("@")
        if key and not number.isdecimal():
            raise CommandError("Name the version as key@number, such as terms@3.")
        given = ExportEvidenceInput(
            target=options["target"],
            user_id=options["user"],
            document=key,
            number=int(number or 0),
        )
        try:
            pack = ExportEvidence.execute(given)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        except OSError as error:
            raise CommandError(f"Cannot write: {error}") from error
        self.stdout.write(f"{pack.acts} acts, {pack.texts} texts: {given.target}")
        self.stdout.write(f"SHA-256 of manifest.json: {pack.manifest}")
