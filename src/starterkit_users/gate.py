"""The gate before an account that its owner has switched off, or is about to leave."""

from collections.abc import Container
from typing import Any

from starterkit_core.errors import DomainError
from starterkit_core.ports import access_gates
from starterkit_core.utils import moments
from starterkit_users.errors import AccountDeactivated, DeletionScheduled
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import lifecycle


class LifecycleGate:
    """Closed until the owner restores the account; it costs no query.

    What stays open is reading the account, restoring it, an export, and signing out.
    """

    code = DeletionScheduled.code
    order = 50
    """Before the terms: a user who leaves need not accept new ones."""

    raises = (AccountDeactivated, DeletionScheduled)

    exempt: Container[str] = frozenset()
    """None: the endpoints that stay open declare it themselves, in ``access``."""

    def refusal(self, user: Any) -> DomainError | None:
        """Return why the account cannot be used, or None."""
        status = getattr(user, "status", Status.ACTIVE)
        if status == Status.DELETION_SCHEDULED:
            at = user.status_until and moments.iso(user.status_until)
            return DeletionScheduled(facts={"at": at})
        return AccountDeactivated() if status == Status.DEACTIVATED else None

    def refusal_of_pages(self, user: Any) -> DomainError | None:
        """Return the refusal of an account that will be deleted, or None.

        Signing in opens a deactivated account again, but takes no deletion back: that
        is done by the API, which a session of ours reaches.
        """
        refusal = self.refusal(user)
        return refusal if isinstance(refusal, DeletionScheduled) else None


def register() -> None:
    """Register the gate in core's port, if the user model has these states."""
    if lifecycle.has_status():
        access_gates.register(LifecycleGate())
