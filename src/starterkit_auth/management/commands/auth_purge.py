"""Delete expired sessions, challenges and events. Run it once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_auth.management.progress import Progress
from starterkit_auth.services.retention import Expired, all_expired
from starterkit_auth.use_cases.purge_expired import PurgeExpired, PurgeExpiredInput

BATCH_SIZE = 1_000


class Command(BaseCommand):
    """Deletes sessions, challenges and events; concurrent runs are safe."""

    help = (
        "Delete ended sessions, expired challenges and security events, each after "
        "its retention time in STARTERKIT_AUTH: SESSION_RETENTION, "
        "CHALLENGE_RETENTION, EVENT_RETENTION. Run it once a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--dry-run`` and ``--batch-size``."""
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="count the rows, but do not delete them",
        )
        parser.add_argument(
            "--batch-size",
            type=positive,
            default=BATCH_SIZE,
            help=f"rows per transaction (default: {BATCH_SIZE})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge each kind of rows and print how many there were."""
        for expired in all_expired():
            if options["dry_run"]:
                self.stdout.write(f"{expired.name}: {expired.count()} to remove")
            else:
                self.purge(expired, options["batch_size"])

    def purge(self, expired: Expired, batch_size: int) -> None:
        """Purge one kind in batches, and show the progress."""
        progress, removed, after = Progress(self.stdout, expired.name), 0, None
        while True:
            batch = PurgeExpired.execute(
                PurgeExpiredInput(expired=expired, batch_size=batch_size, after=after)
            )
            removed, after = removed + batch.deleted, batch.last
            progress.tell(removed)
            if after is None:
                break
        progress.done(f"{expired.name}: {removed} removed")


def positive(text: str) -> int:
    """Return ``text`` as a positive integer.

    Raises:
        ValueError: it is not one; argparse turns this into its error message.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
