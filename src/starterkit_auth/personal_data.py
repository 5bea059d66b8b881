"""Export and erasure of the data that this app stores about a user."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from starterkit_auth.models import (
    Challenge,
    EmailAddress,
    Impersonation,
    PendingRegistration,
    session_model,
)
from starterkit_core.db.databases import accounts_database, rows_of
from starterkit_core.ports import personal_data
from starterkit_core.utils import moments

SESSION_FIELDS = (
    "id",
    "created_at",
    "authenticated_at",
    "last_seen_at",
    "expires_at",
    "revoked_at",
    "revoke_reason",
    "transport",
    "device_name",
    "platform",
    "app_version",
    "user_agent",
    "address",
)
"""Exported columns; salt and hashes are left out, because they are secrets."""


@dataclass(slots=True, kw_only=True)
class AuthData:
    """Sessions, the registered address, and the challenges that were mailed."""

    name: str = "auth"
    models: tuple[str, ...]

    def export(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return sessions, addresses and challenges as JSON, without secrets."""
        rows = rows_of(session_model()).filter(user_id=user.pk)
        addresses = EmailAddress.objects.filter(user_id=user.pk)
        challenges = Challenge.objects.filter(user_id=user.pk)
        pending = PendingRegistration.objects.filter(user_id=user.pk)
        return {
            "sessions": _plain(rows.order_by("pk").values(*SESSION_FIELDS)),
            "addresses": _plain(addresses.values("address", "verified_at")),
            "challenges": _plain(
                challenges.order_by("pk").values(
                    "purpose", "address_key", "target", "created_at", "consumed_at"
                )
            ),
            "impersonations": _plain(
                Impersonation.objects.filter(user_id=user.pk)
                .order_by("pk")
                .values("created_at", "expires_at", "ended_at")
            ),
            "pending_registrations": _plain(pending.values("address", "created_at")),
        }

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete all of it, which also ends every session."""
        with transaction.atomic(using=accounts_database()):
            rows_of(session_model()).filter(user_id=user.pk).delete()
            acted = Q(user_id=user.pk) | Q(impersonator_id=user.pk)
            Impersonation.objects.filter(acted).delete()
            Challenge.objects.filter(user_id=user.pk).delete()
            PendingRegistration.objects.filter(user_id=user.pk).delete()
            EmailAddress.objects.filter(user_id=user.pk).delete()


def register() -> None:
    """Register ``AuthData`` at core's ``personal_data`` port."""
    ours = (EmailAddress, Challenge, Impersonation, PendingRegistration)
    labels = (session_model.label, *(model._meta.label for model in ours))
    personal_data.register(AuthData(models=labels))


def _plain(rows: Any) -> list[dict[str, Any]]:
    """Return rows with JSON-serializable values."""
    return [{name: _json(value) for name, value in row.items()} for row in rows]


def _json(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    return moments.iso(value) if isinstance(value, datetime) else str(value)
