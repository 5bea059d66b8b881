"""The acceptances of a user: their export, and their anonymization at an erasure."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import personal_data
from starterkit_core.utils import moments
from starterkit_terms.models import acceptance_model
from starterkit_terms.models.acceptance import TRACES


class AcceptanceData:
    """Exports acceptances; an erasure anonymizes them and keeps the evidence."""

    name = "terms"
    outlives_account = True

    def __init__(self) -> None:
        self.models: tuple[str, ...] = (acceptance_model.label,)

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return every acceptance with what it was about and where it came from."""
        rows = acceptance_model().objects.of(user).select_related("version__document")
        return [self._export_one(row) for row in rows.order_by("accepted_at", "pk")]

    def erase(self, user: AbstractBaseUser) -> None:
        """Remove the user, the address and the client; the acceptance itself stays."""
        acceptance_model().objects.forget(user)

    def _export_one(self, row: Any) -> dict[str, Any]:
        return {
            "document": row.version.document.key,
            "number": row.version.number,
            "label": row.version.label,
            "locale": row.locale,
            "content_hash": row.content_hash,
            "action": row.action,
            "method": row.method,
            "accepted_at": moments.iso(row.accepted_at),
            **{trace: getattr(row, trace) for trace in TRACES},
        }


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(AcceptanceData())
