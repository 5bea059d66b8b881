"""Begins the erasure of accounts whose grace period is over, for the purge."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import UserNotFound
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import ranks
from starterkit_users.use_cases.start_erasure import start_erasure


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseDueAccountInput(Input):
    """Whose account; it was due when it was read."""

    user_id: str


class EraseDueAccount(UseCase[EraseDueAccountInput, bool]):
    """Begin the erasure, unless the owner has restored the account; return whether.

    Both lock the account, so one of them comes first, and the other sees what it did.

    Raises:
        LastSuperuser: no other superuser is active.
    """

    def run(self) -> bool:
        user = self.lock_user()
        if user is None or not self.is_due(user):
            return False
        self.erase(user)
        return True

    def lock_user(self) -> Any:
        """Return the user, locked until the transaction ends; None if it is gone."""
        try:
            return ranks.lock_subject(self.input.user_id)
        except UserNotFound:
            return None

    def is_due(self, user: Any) -> bool:
        """Return whether the grace period is over, as saved now."""
        if user.status != Status.DELETION_SCHEDULED or user.status_until is None:
            return False
        return bool(user.status_until <= timezone.now())

    def erase(self, user: Any) -> None:
        """Close the account and begin its erasure."""
        start_erasure(user, by=None, reason="grace_over")
