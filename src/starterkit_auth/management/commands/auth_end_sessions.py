"""Sign people out: one of them, or everybody."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_auth.management.progress import Progress
from starterkit_auth.services.administration import (
    end_all_sessions,
    end_sessions_of,
    find_user,
)


class Command(BaseCommand):
    """Ends sessions; their tokens and cookies stop working at once."""

    help = "End all sessions of one user, or of everybody."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose sessions to end."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", help="an e-mail address, or the id of a user")
        whose.add_argument("--all", action="store_true", help="everybody's")

    def handle(self, *args: Any, **options: Any) -> None:
        """End them and say how many there were.

        Raises:
            CommandError: there is no such user.
        """
        if options["all"]:
            self.end_all()
            return
        user = find_user(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        self.stdout.write(f"sessions: {end_sessions_of(user)} ended")

    def end_all(self) -> None:
        """End everybody's, and say how far it is."""
        progress, ended = Progress(self.stdout, "sessions"), 0
        for ended in end_all_sessions():
            progress.tell(ended)
        progress.done(f"sessions: {ended} ended")
