"""Writes the erasure log out, to be kept apart from the backups."""

from typing import Any

from django.core.management.base import BaseCommand

from starterkit_users.services import erasure_log


class Command(BaseCommand):
    """Prints the erasure log."""

    help = (
        "Print a pseudonym and a moment for each account that was erased. Keep it "
        "apart from the backups, for users_replay_erasures."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each line, oldest first."""
        for line in erasure_log.lines():
            self.stdout.write(line)
