"""Write into the ledger which consents have expired."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_core.management.purging import positive
from starterkit_terms.use_cases.expire_consents import (
    ExpireConsents,
    ExpireConsentsInput,
)


class Command(BaseCommand):
    """Records them in batches, each in a transaction of its own."""

    help = "Record the end of consents that have expired; run it once a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--batch-size``."""
        parser.add_argument(
            "--batch-size", type=positive, default=100, help="users per transaction"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Record them until none is left, and print how many there were."""
        given, total = ExpireConsentsInput(batch_size=options["batch_size"]), 0
        while number := ExpireConsents.execute(given):
            total += number
        self.stdout.write(f"{total} consents have expired")
