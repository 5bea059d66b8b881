"""The acts of a user: their export, and their anonymization at an erasure."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import rows_beside
from starterkit_core.ports import personal_data
from starterkit_core.utils import moments
from starterkit_terms.models import ConsentState, acceptance_model
from starterkit_terms.models.acceptance import TRACES
from starterkit_terms.services import standing


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
        return [self._export_one(row) for row in rows.order_by("happened_at", "pk")]

    def erase(self, user: AbstractBaseUser) -> None:
        """Remove the user, the address and the client; the act itself stays."""
        rows_beside(ConsentState, user).filter(user_id=user.pk).delete()
        acceptance_model().objects.forget(user)
        standing.forget(user)

    def _export_one(self, row: Any) -> dict[str, Any]:
        return {
            "document": row.version.document.key,
            "number": row.version.number,
            "label": row.version.label,
            "locale": row.locale,
            "content_hash": row.content_hash,
            "wording": row.wording,
            "actor": row.actor_id,
            "authority": row.authority,
            "organization": row.organization_id,
            "action": row.action,
            "method": row.method,
            "happened_at": moments.iso(row.happened_at),
            "expires_at": row.expires_at and moments.iso(row.expires_at),
            **{trace: getattr(row, trace) for trace in TRACES},
        }


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(AcceptanceData())
