"""Delete expired sessions, challenges and events. Run it once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_auth.services.retention import all_expired
from starterkit_core.management import purging


class Command(BaseCommand):
    """Deletes sessions, challenges and events; concurrent runs are safe."""

    help = (
        "Delete ended sessions, expired challenges and security events, each after "
        "its retention time in STARTERKIT_AUTH: SESSION_RETENTION, "
        "CHALLENGE_RETENTION, EVENT_RETENTION. Run it once a day; or starterkit "
        "purge, which does the same for every module."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--dry-run`` and ``--batch-size``."""
        purging.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge each kind of rows and print how many there were."""
        purging.purge_all(all_expired(), options, self.stdout)
