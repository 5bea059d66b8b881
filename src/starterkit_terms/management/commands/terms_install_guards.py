"""Install database triggers that keep published texts and acceptances unchanged."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_terms.services import guards


class Command(BaseCommand):
    """Creates the triggers; run it again after a migration of these tables."""

    help = "Install triggers that refuse to change published texts and acceptances."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the two other modes."""
        modes = parser.add_mutually_exclusive_group()
        modes.add_argument("--check", action="store_true", help="fail if one lacks")
        modes.add_argument("--remove", action="store_true", help="drop the triggers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Install, remove or check.

        Raises:
            CommandError: one is missing, or the database is of another kind.
        """
        try:
            self.act(check=options["check"], remove=options["remove"])
        except guards.UnsupportedDatabase as error:
            text = "Only PostgreSQL, MariaDB, MySQL and SQLite have these triggers."
            raise CommandError(text) from error

    def act(self, *, check: bool, remove: bool) -> None:
        """Do what the options say.

        Raises:
            CommandError: ``check``, and one is missing.
        """
        if check:
            if names := guards.missing():
                raise CommandError(f"Missing or changed: {', '.join(names)}.")
            self.stdout.write("All guards are installed.")
            return
        verb = "Removed" if remove else "Installed"
        names = guards.remove() if remove else guards.install()
        shown = ", ".join(names) if names else "none; nothing was to do"
        self.stdout.write(f"{verb}: {shown}.")
