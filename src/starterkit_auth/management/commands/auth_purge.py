"""Delete expired sessions, challenges and events. Run it once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_auth.management.progress import Progress
from starterkit_auth.services.retention import Expired, all_expired
from starterkit_auth.use_cases.purge_expired import PurgeExpired, PurgeExpiredInput

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
        for expired in all_expired():
            if options["dry_run"]:
                self.stdout.write(f"{expired.name}: {expired.count()} to remove")
            else:
                self.purge(expired, options["batch_size"])

    def purge(self, expired: Expired, batch_size: int) -> None:
        """Purge one kind batch by batch, and show the progress."""
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
    """Read a number of one or more.

    Raises:
        ValueError: it is none; argparse says so.
    """
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
