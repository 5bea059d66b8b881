"""Ends the sessions of one user, or of all users."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_auth.services.user_lookup import find_user
from starterkit_auth.use_cases.end_all_sessions import (
    EndAllSessions,
    EndAllSessionsInput,
)
from starterkit_auth.use_cases.end_sessions import EndSessions, EndSessionsInput
from starterkit_core.management.progress import Progress


class Command(BaseCommand):
    """Ends sessions; their tokens and cookies stop working at once."""

    help = (
        "End all sessions of one user, or of all users, which takes about three "
        "minutes per million. To end all at once, such as after a theft, put a new key "
        "in front of SIGNING_KEYS in STARTERKIT_AUTH, remove the others, and restart."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Require either ``--user`` or ``--all``."""
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--user", help="an e-mail address, or the id of a user")
        group.add_argument(
            "--all", action="store_true", help="end the sessions of all users"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """End the sessions and print how many there were.

        Raises:
            CommandError: there is no such user.
        """
        if options["all"]:
            self.end_all()
            return
        user = find_user(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        ended = EndSessions.execute(EndSessionsInput(user=user))
        self.stdout.write(f"sessions: {ended} ended")

    def end_all(self) -> None:
        """End the sessions of all users in batches, and show the progress."""
        progress, ended = Progress(self.stdout, "sessions"), 0
        batch = EndAllSessions.execute(EndAllSessionsInput())
        while batch.last is not None:
            ended += batch.ended
            progress.tell(ended)
            batch = EndAllSessions.execute(EndAllSessionsInput(after=batch.last))
        progress.done(f"sessions: {ended} ended")
