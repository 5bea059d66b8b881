"""What commands that delete expired rows share."""

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from typing import Any

from starterkit_core.db.expired import Expired
from starterkit_core.management.progress import Progress
from starterkit_core.use_cases.purge_expired import PurgeExpired, PurgeExpiredInput

BATCH_SIZE = 1_000


def add_arguments(parser: ArgumentParser) -> None:
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


def purge_all(
    kinds: Iterable[Expired], options: Mapping[str, Any], stream: Any
) -> None:
    """Purge each kind of rows and print how many there were."""
    for expired in kinds:
        if options["dry_run"]:
            stream.write(f"{expired.name}: {expired.count()} to remove")
        else:
            purge(expired, options["batch_size"], stream)


def purge(expired: Expired, batch_size: int, stream: Any) -> None:
    """Purge one kind in batches, and show the progress."""
    progress, removed, after = Progress(stream, expired.name), 0, None
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
