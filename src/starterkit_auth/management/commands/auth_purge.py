"""Remove what has served its time. Run it once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_auth.management.progress import Progress
from starterkit_auth.services.retention import Remains, all_remains

BATCH_SIZE = 1_000


class Command(BaseCommand):
    """Removes sessions, challenges and events; two at once are safe."""

    help = (
        "Remove sessions that ended, challenges that are dead, and security events, "
        "each after its time in STARTERKIT_AUTH: SESSION_RETENTION, "
        "CHALLENGE_RETENTION, EVENT_RETENTION. Run it once a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how to go about it."""
        parser.add_argument(
            "--dry-run", action="store_true", help="count, and remove nothing"
        )
        parser.add_argument(
            "--batch-size",
            type=positive,
            default=BATCH_SIZE,
            help=f"rows in one transaction, {BATCH_SIZE} if not said",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through each kind and say how many there were."""
        for remains in all_remains():
            if options["dry_run"]:
                self.stdout.write(f"{remains.name}: {remains.count()} to remove")
            else:
                self.remove(remains, options["batch_size"])

    def remove(self, remains: Remains, batch_size: int) -> None:
        """Remove one kind, and say how far it is."""
        progress, removed = Progress(self.stdout, remains.name), 0
        for removed in remains.remove(batch_size):
            progress.tell(removed)
        progress.done(f"{remains.name}: {removed} removed")


def positive(text: str) -> int:
    """Read a number of one or more.

    Raises:
        ValueError: it is none; argparse says so.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
