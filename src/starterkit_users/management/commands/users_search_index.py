"""Makes the index by which the search for users looks inside of addresses and names."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from starterkit_users.conf import conf
from starterkit_users.services.substring_search import (
    EXTENSION,
    SearchIndex,
    is_possible,
)

LOCK = 7_311_040_905_118_022
"""The number of the lock of PostgreSQL, so that two of these do not cross."""


class Command(BaseCommand):
    """Makes or removes the index, while the site answers."""

    help = (
        "Make the trigram index of PostgreSQL by which the search for users finds what "
        "is inside of addresses and names, or make it anew if it is invalid or "
        "outdated. Requests go on meanwhile. Switch the search on afterwards, by "
        "STARTERKIT_USERS['SUBSTRING_SEARCH']."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--drop`` and ``--dry-run``."""
        parser.add_argument("--drop", action="store_true", help="remove the index")
        parser.add_argument(
            "--dry-run", action="store_true", help="show the statements, run none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run what is to do, or show it.

        Raises:
            CommandError: it is no PostgreSQL, or PostgreSQL refuses a statement.
        """
        if not is_possible():
            raise CommandError("Only PostgreSQL has such an index.")
        index = SearchIndex()
        try:
            self.act(index, drop=options["drop"], is_dry=options["dry_run"])
        except DatabaseError as error:
            hint = f"The extension {EXTENSION} has to be there, or may be made."
            problem = str(error).partition("\n")[0]
            raise CommandError(f"{problem} ({hint})") from error

    def act(self, index: SearchIndex, *, drop: bool, is_dry: bool) -> None:
        """Run or show the statements, and say what state the index is in then.

        Raises:
            CommandError: the same command runs elsewhere.
        """
        statements = index.drop() if drop else index.install()
        if is_dry:
            self.stdout.write(f"{index.name}: {index.state()}")
            for statement in statements:
                self.stdout.write(f"{statement};")
            return
        if statements:
            self.run_alone(index, drop=drop)
        self.stdout.write(f"{index.name}: {index.state()}")
        if drop and conf.SUBSTRING_SEARCH:
            self.stderr.write("SUBSTRING_SEARCH is on: switch it off.")

    def run_alone(self, index: SearchIndex, *, drop: bool) -> None:
        """Run the statements, while no other process does.

        Raises:
            CommandError: another one does.
        """
        if not index.take(LOCK):
            raise CommandError("The same command runs elsewhere.")
        try:
            for statement in index.drop() if drop else index.install():
                self.stdout.write(f"{statement};")
                index.run(statement)
        finally:
            index.give_back(LOCK)
