"""The acts of a user: their export, and their anonymization at an erasure."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import rows_beside
from starterkit_core.ports import personal_data
from starterkit_terms.models import ConsentState, acceptance_model
from starterkit_terms.services import standing
from starterkit_terms.services.evidence_packs import facts_of


class AcceptanceData:
    """Exports acceptances; an erasure anonymizes them and keeps the evidence."""

    name = "terms"
    outlives_account = True

    def __init__(self) -> None:
        self.models: tuple[str, ...] = (
            acceptance_model.label,
            ConsentState._meta.label,
        )

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return every act with what it was about and where it came from.

        The states are left out: they only repeat what is in the acts.
        """
        rows = acceptance_model().objects.of(user).select_related("version__document")
        return [facts_of(row) for row in rows.order_by("happened_at", "pk")]

    def erase(self, user: AbstractBaseUser) -> None:
        """Remove the user, the address and the client; the act itself stays."""
        rows_beside(ConsentState, user).filter(user_id=user.pk).delete()
        acceptance_model().objects.forget(user)
        standing.forget(user)


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(AcceptanceData())
