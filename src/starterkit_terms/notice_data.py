"""Of which versions a user was told: in their export, anonymized at an erasure."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import personal_data
from starterkit_core.utils import moments
from starterkit_terms.models import NoticeDelivery


class NoticeData:
    """Exports notices; an erasure anonymizes them and keeps the evidence."""

    name = "terms_notices"
    outlives_account = True
    models: tuple[str, ...] = (NoticeDelivery._meta.label,)

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return every notice: what it was about, when and how."""
        rows = NoticeDelivery.objects.of(user).select_related("version__document")
        return [self._export_one(row) for row in rows.order_by("happened_at", "pk")]

    def erase(self, user: AbstractBaseUser) -> None:
        """Remove the user; that they were told stays."""
        NoticeDelivery.objects.forget(user)

    def _export_one(self, row: NoticeDelivery) -> dict[str, Any]:
        return {
            "document": row.version.document.key,
            "number": row.version.number,
            "label": row.version.label,
            "locale": row.locale,
            "content_hash": row.content_hash,
            "medium": row.medium,
            "happened_at": moments.iso(row.happened_at),
        }


def register() -> None:
    """Register the provider in core's port."""
    personal_data.register(NoticeData())
