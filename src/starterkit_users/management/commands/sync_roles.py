"""Makes the groups of the roles that the code declares."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from starterkit_users.errors import UnknownPermission
from starterkit_users.services.role_differences import RoleChange
from starterkit_users.services.roles import has_roles
from starterkit_users.use_cases.sync_roles import (
    SyncRoles,
    SyncRolesInput,
)


class Command(BaseCommand):
    """Saves the declared roles; run it after ``migrate``, at every deployment."""

    help = (
        "Make a group of each role that the code declares, with its permissions. Run "
        "it after migrate, at every deployment: a second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--dry-run`` and ``--prune``."""
        parser.add_argument(
            "--dry-run", action="store_true", help="show what differs, and save nothing"
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="delete the roles that the code no longer declares; their members "
            "lose what they permitted",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Save the roles, and print what differed.

        Raises:
            CommandError: users are in no groups, or a permission does not exist.
        """
        if not has_roles():
            raise CommandError("The user model has no groups.")
        given = SyncRolesInput(prune=options["prune"], dry_run=options["dry_run"])
        try:
            changes = SyncRoles.execute(given)
        except UnknownPermission as refusal:
            names = ", ".join(refusal.facts["permissions"])
            text = f"There are no such permissions: {names}. Run migrate first."
            raise CommandError(text) from refusal
        for change in changes:
            self.stdout.write("\n".join(lines_of(change, prune=options["prune"])))
        self.stdout.write(self.conclusion(changes, dry_run=options["dry_run"]))

    def conclusion(self, changes: list[RoleChange], *, dry_run: bool) -> str:
        """Return the last line."""
        if not changes:
            return "The roles are as declared."
        return "Nothing was saved: this was a dry run." if dry_run else "Done."


def lines_of(change: RoleChange, *, prune: bool) -> Iterator[str]:
    """Yield what to say about a role: its key and news, then each permission."""
    news = {
        "new": "new",
        "changed": "changed",
        "drifted": "kept as it is here, which differs from the code",
        "undeclared": "deleted" if prune else "no longer declared; --prune deletes it",
    }
    yield f"{change.key}: {news[change.what]}"
    if change.what != "undeclared":
        yield from (f"  + {name}" for name in change.missing)
        yield from (f"  - {name}" for name in change.more)
