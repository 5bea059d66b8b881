"""Erases again what a restored backup has brought back."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_core.errors import DomainError
from starterkit_users.models import Erasure
from starterkit_users.services import erasure_log, erasures
from starterkit_users.use_cases.erase_account import EraseAccount, EraseAccountInput
from starterkit_users.use_cases.start_erasure import StartErasure, StartErasureInput

REASON = "replay"


class Command(BaseCommand):
    """Replays the erasure log."""

    help = (
        "After a backup was restored: erase again every account that the log of "
        "users_erasure_log names. Repeating it is safe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the log."""
        parser.add_argument("file", help="what users_erasure_log printed; - is stdin")
        parser.add_argument(
            "--dry-run", action="store_true", help="only say whom it would erase"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase each account that is in the log, and print its id.

        Raises:
            CommandError: the file is no erasure log, or an erasure is not complete.
        """
        erased = self.read(options["file"])
        failed, number = 0, 0
        for user in erasure_log.brought_back(erased):
            number += 1
            if options["dry_run"]:
                self.stdout.write(f"{user.pk}: to erase")
            elif not self.erase(user):
                failed += 1
        self.stdout.write(f"{number} of {len(erased)} were there again")
        if failed:
            raise CommandError(f"{failed} not complete; run users_erase --retry.")

    def read(self, name: str) -> erasure_log.Erased:
        """Return what the file says.

        Raises:
            CommandError: it cannot be read, or a line is no line of the log.
        """
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        try:
            return erasure_log.read(text.splitlines())
        except ValueError as error:
            raise CommandError(f"This is no erasure log: {error}") from error

    def erase(self, user: Any) -> bool:
        """Return whether the account is erased now."""
        try:
            erasure = StartErasure.execute(StartErasureInput(user=user, reason=REASON))
        except DomainError as refusal:
            self.stdout.write(f"{user.pk}: {refusal.message}")
            return False
        erasure = EraseAccount.execute(EraseAccountInput(erasure=erasure))
        is_done = bool(erasure.state == Erasure.State.DONE)
        failed = ", ".join(erasures.failed_parts(erasure))
        self.stdout.write(f"{user.pk}: {'erased' if is_done else f'failed: {failed}'}")
        return is_done
