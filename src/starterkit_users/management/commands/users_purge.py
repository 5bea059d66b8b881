"""Ends the accounts whose time has come; run it once a day."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from starterkit_users.errors import LastSuperuser
from starterkit_users.models import Status
from starterkit_users.services import dormancy, lifecycle, user_rows
from starterkit_users.use_cases.end_dormant_account import (
    EndDormantAccount,
    EndDormantAccountInput,
)
from starterkit_users.use_cases.erase_due_account import (
    EraseDueAccount,
    EraseDueAccountInput,
)


class Command(BaseCommand):
    """Acts on the accounts whose time has come, each in a transaction of its own."""

    help = (
        "Begin the erasure of each account whose deletion was scheduled and whose "
        "grace period is over, and apply DORMANT_AFTER to those that are not used. "
        "Run it once a day; concurrent runs are safe."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Act, and print how many accounts there were of each kind."""
        begun = sum(map(self.erase, self.due())) if lifecycle.has_status() else 0
        self.stdout.write(f"erasures begun: {begun}")
        if dormancy.has_policy():
            acts = Counter(map(self.end, dormancy.candidates()))
            for act in ("warned", "deactivate", "erase"):
                self.stdout.write(f"dormant accounts, {act}: {acts[act]}")

    def due(self) -> list[str]:
        """Return the ids of the accounts that are due now."""
        scheduled = user_rows.all_users().filter(status=Status.DELETION_SCHEDULED)
        due = scheduled.filter(status_until__lte=timezone.now()).order_by("pk")
        return [str(key) for key in due.values_list("pk", flat=True).iterator()]

    def erase(self, user_id: str) -> bool:
        """Return whether the erasure was begun; say so if it is refused."""
        try:
            return EraseDueAccount.execute(EraseDueAccountInput(user_id=user_id))
        except LastSuperuser as refusal:
            self.stderr.write(f"{user_id}: {refusal.message}")
            return False

    def end(self, user_id: str) -> str:
        """Return what was done to an account that is not used."""
        return EndDormantAccount.execute(EndDormantAccountInput(user_id=user_id))
