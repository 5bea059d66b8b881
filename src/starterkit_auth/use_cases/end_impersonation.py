"""Ends that an administrator acts as another user."""

from dataclasses import dataclass

from starterkit_auth.models import Impersonation
from starterkit_auth.services import impersonations
from starterkit_core import signals
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client

BY_IMPERSONATOR = "ended_by_impersonator"
NOT_ALLOWED = "not_allowed"
"""The impersonator was signed out or suspended, or lost the right to act as the user.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndImpersonationInput(Input):
    """Which one ends, and why."""

    impersonation: Impersonation
    reason: str = BY_IMPERSONATOR
    client: Client = NO_CLIENT


class EndImpersonation(UseCase[EndImpersonationInput, bool]):
    """End an impersonation at once; return False if it had ended before."""

    def run(self) -> bool:
        if not self.end():
            return False
        self.record_event()
        self.announce()
        return True

    def end(self) -> bool:
        """End it; return False if it had ended before."""
        return impersonations.end(self.input.impersonation, self.input.reason)

    def record_event(self) -> None:
        """Record who acted as whom until now, and why it ended."""
        row = self.input.impersonation
        audit.record(
            "auth.impersonation_ended",
            actor=row.impersonator,
            subject=row.user,
            client=self.input.client,
            facts={"impersonation": str(row.pk), "reason": self.input.reason},
        )

    def announce(self) -> None:
        """Send ``impersonation_ended`` after the commit."""
        row = self.input.impersonation
        facts = {"user": row.user, "impersonator": row.impersonator}
        signals.announce(signals.impersonation_ended, type(row.user), **facts)
