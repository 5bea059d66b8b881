"""Compare the states with the ledger, and rebuild what differs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_core.management.purging import positive
from starterkit_terms.use_cases.rebuild_states import RebuildStates, RebuildStatesInput

SHOWN = 20
"""How many differences are printed."""


class Command(BaseCommand):
    """Compares in batches of users, each in a transaction of its own."""

    help = (
        "Compare what stands of all acceptances and consents with the acts themselves; "
        "exit with 1 if anything differs. With --apply, rebuild what differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--apply`` and ``--batch-size``."""
        parser.add_argument("--apply", action="store_true", help="rebuild what differs")
        parser.add_argument(
            "--batch-size", type=positive, default=500, help="users per transaction"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, or rebuild, and print what differs.

        Raises:
            CommandError: something differs, and it was not rebuilt.
        """
        users, differing, after = 0, 0, None
        while True:
            batch = RebuildStates.execute(
                RebuildStatesInput(
                    after=after,
                    batch_size=options["batch_size"],
                    apply=options["apply"],
                )
            )
            for user, document in batch.differing[: max(SHOWN - differing, 0)]:
                self.stdout.write(f"user {user}, document {document}")
            users, differing = users + batch.users, differing + len(batch.differing)
            after = batch.last
            if after is None:
                break
        self.report(users, differing, rebuilt=options["apply"])

    def report(self, users: int, differing: int, *, rebuilt: bool) -> None:
        """Print the numbers.

        Raises:
            CommandError: something differs, and it was not rebuilt.
        """
        if differing and not rebuilt:
            text = f"{differing} states of {users} users differ from the ledger."
            raise CommandError(f"{text} Run again with --apply to rebuild them.")
        outcome = f"{differing} states rebuilt" if rebuilt else "no state differs"
        self.stdout.write(f"{users} users: {outcome}")
