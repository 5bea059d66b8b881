"""Tell users of a new version."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_core.db.databases import rows_of
from starterkit_core.errors import DomainError
from starterkit_terms.models import AbstractVersion, version_model
from starterkit_terms.use_cases.send_notices import SendNotices, SendNoticesInput
from starterkit_terms.use_cases.start_notices import StartNotices, StartNoticesInput


class Command(BaseCommand):
    """Tells them in batches, each in a transaction of its own; may run again."""

    help = (
        "Tell all users of a version, by mail or another medium, each once. After a "
        "crash, run it again: it goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the version, ``--dry-run`` and ``--queue``."""
        add = parser.add_argument
        # --version is Django's own.
        add("version_name", metavar="KEY@N", help="key and number, such as terms@3")
        add("--dry-run", action="store_true", help="count only")
        add("--queue", action="store_true", help="leave it to a task, and exit")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell them, and print how many users became what.

        Raises:
            CommandError: there is no such version, or users are not told of it.
        """
        version = self.find_version(options["version_name"])
        try:
            if options["queue"]:
                StartNotices.execute(StartNoticesInput(version_id=str(version.pk)))
                self.stdout.write("A task tells them.")
                return
            counts = self.tell(version, dry_run=options["dry_run"])
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        for name, number in sorted(counts.items()):
            self.stdout.write(f"{name}: {number}")
        if options["dry_run"]:
            self.stdout.write("A dry run: no user was told.")

    def find_version(self, name: str) -> AbstractVersion:
        """Return the version that ``KEY@N`` names.

        Raises:
            CommandError: there is none.
        """
        key, _, number = name.rpartition("@")
        if not (key and number.isdecimal()):
            raise CommandError(f"{name}: write the key and the number as KEY@N.")
        rows = rows_of(version_model()).filter(document__key=key, number=int(number))
        version: AbstractVersion | None = rows.first()
        if version is None:
            raise CommandError(f"{name}: there is no such version.")
        return version

    def tell(self, version: AbstractVersion, *, dry_run: bool) -> Counter[str]:
        """Tell batch after batch; return the number of users by outcome."""
        counts: Counter[str] = Counter(told=0)
        after = None
        while True:
            batch = SendNotices.execute(
                SendNoticesInput(
                    version_id=str(version.pk), after=after, dry_run=dry_run
                )
            )
            for name, number in batch.counts.items():
                counts[name] += number
            after = batch.last
            if after is None:
                return counts
