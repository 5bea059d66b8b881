"""Delete acts of erased users whose retention has ended."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from starterkit_core.db.expired import Expired
from starterkit_core.management import purging
from starterkit_core.management.progress import Progress
from starterkit_terms.services.retention import expired_evidence
from starterkit_terms.use_cases.prune_evidence import PruneEvidence, PruneEvidenceInput


class Command(BaseCommand):
    """Deletes them in batches; ``starterkit purge`` does not: that is a choice."""

    help = (
        "Delete acceptances of users who were erased longer ago than "
        "EVIDENCE_RETENTION; those of accounts that exist stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--dry-run`` and ``--batch-size``."""
        purging.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete or count them."""
        expired = expired_evidence()
        if options["dry_run"]:
            self.stdout.write(f"{expired.name}: {expired.count()} to remove")
        else:
            self.prune(expired, options["batch_size"])

    def prune(self, expired: Expired, batch_size: int) -> None:
        """Delete them batch by batch, and show the progress."""
        progress, removed, after = Progress(self.stdout, expired.name), 0, None
        while True:
            given = PruneEvidenceInput(
                expired=expired, batch_size=batch_size, after=after
            )
            batch = PruneEvidence.execute(given)
            removed, after = removed + batch.deleted, batch.last
            progress.tell(removed)
            if after is None:
                break
        progress.done(f"{expired.name}: {removed} removed")
