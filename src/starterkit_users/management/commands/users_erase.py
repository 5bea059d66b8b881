"""Erases an account, or goes on with erasures that are not complete."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_core.errors import DomainError
from starterkit_users.models import Erasure
from starterkit_users.services import erasures, user_rows
from starterkit_users.use_cases.erase_account import EraseAccount, EraseAccountInput
from starterkit_users.use_cases.start_erasure import StartErasure, StartErasureInput


class Command(BaseCommand):
    """Erases an account."""

    help = (
        "Close an account for good and erase its data in all modules; or, with "
        "--retry, go on with the erasures in which a module failed. Repeating it is "
        "safe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the account, or for --retry."""
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("user", nargs="?", help="a whole id, address or user name")
        whom.add_argument(
            "--retry", action="store_true", help="go on with all that are not complete"
        )
        parser.add_argument(
            "--reason",
            default="command",
            help="a word that is kept, so no name of a person (default: command)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, and print how far it came.

        Raises:
            CommandError: there is no such user, it is the last superuser, or a module
                failed.
        """
        if options["user"] is not None:
            user = self.find(options["user"])
            self.start(user, options["reason"][:32])
            running = Erasure.objects.filter(account_id=str(user.pk))
        else:
            running = Erasure.objects.all()
        unfinished = running.filter(state=Erasure.State.RUNNING).order_by("pk")
        failed = [it for it in unfinished.iterator() if not self.go_on(it)]
        if failed:
            raise CommandError(f"{len(failed)} not complete; try --retry later.")

    def find(self, name: str) -> Any:
        """Return the one user with this id or name.

        Raises:
            CommandError: there is none, or there are several.
        """
        found = [*user_rows.named(name)[:2]]
        if len(found) != 1:
            many = "several users have" if found else "no user has"
            raise CommandError(f"{many} this id or name.".capitalize())
        return found[0]

    def start(self, user: Any, reason: str) -> None:
        """Close the account.

        Raises:
            CommandError: it is refused.
        """
        try:
            StartErasure.execute(StartErasureInput(user=user, reason=reason))
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{user.pk}: closed")

    def go_on(self, erasure: Erasure) -> bool:
        """Let every provider erase, and print which failed."""
        erasure = EraseAccount.execute(EraseAccountInput(erasure=erasure))
        failed = ", ".join(erasures.failed_parts(erasure))
        is_done = bool(erasure.state == Erasure.State.DONE)
        self.stdout.write(f"{erasure.pk}: {'done' if is_done else f'failed: {failed}'}")
        return is_done
