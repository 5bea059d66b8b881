"""What core stores about a user: audit events, and answers kept for retries."""

import json
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.signals import pre_delete

from starterkit_core.models import AuditEvent, KeptAnswer
from starterkit_core.ports import personal_data
from starterkit_core.services import audit, idempotency
from starterkit_core.utils.client_address import coarse
from starterkit_core.utils.moments import iso


class AuditData:
    """Exports events; an erasure makes them anonymous and keeps that they happened."""

    name = "audit"
    models: tuple[str, ...] = (AuditEvent._meta.label,)
    outlives_account = True
    order = 1000
    """The last one, as the erasure of other data may record events."""

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return what the user did and what was done to the account, oldest first."""
        accounts = audit.account_labels()
        events = audit.events_of(user).order_by("pk")
        return [self._export_one(event, str(user.pk), accounts) for event in events]

    def erase(self, user: AbstractBaseUser) -> None:
        """Remove who it was and from where; the event itself stays."""
        audit.forget(user)

    def _export_one(
        self, event: AuditEvent, key: str, accounts: set[str]
    ) -> dict[str, Any]:
        """Return an event without data of another user who acted or was acted on."""
        by_me, about_me = event.actor_id == key, event.subject_id == key
        is_impersonated = event.impersonator_id not in {"", key}
        by_another = is_impersonated or (not by_me and bool(event.actor_id))
        about_another = not about_me and event.subject_type in accounts
        address = event.address if by_me else coarse(event.address, "truncated")
        return {
            "id": str(event.pk),
            "created_at": iso(event.created_at),
            "action": event.action,
            "by_me": by_me,
            "about_me": about_me,
            "impersonated": is_impersonated,
            "address": "" if by_another else address,
            "user_agent": "" if by_another else event.user_agent,
            "request_id": "" if by_another else event.request_id,
            "reason": "" if about_another else event.reason,
            "facts": {} if about_another else event.facts,
        }


class KeptAnswersData:
    """Exports and erases the answers that are kept for retries of requests."""

    name = "kept_answers"
    models: tuple[str, ...] = (KeptAnswer._meta.label,)
    outlives_account = True

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return each answer, oldest first."""
        return [
            {"created_at": iso(kept.created_at), "status": kept.status}
            | {"body": json.loads(kept.body) if kept.body else None}
            for kept in idempotency.answers_of(user).order_by("pk")
        ]

    def erase(self, user: AbstractBaseUser) -> None:
        """Delete all of them."""
        idempotency.answers_of(user).delete()


def register() -> None:
    """Register the providers, and forget accounts that are deleted in any way.

    ``pre_delete`` is sent for each row of a queryset and of a cascade, too. A proxy is
    a sender of its own.
    """
    personal_data.register(KeptAnswersData())
    personal_data.register(AuditData())
    account = get_user_model()._meta.concrete_model
    name = "starterkit_core.forget_deleted"
    for model in apps.get_models():
        if model._meta.concrete_model is account:
            pre_delete.connect(forget_deleted, sender=model, dispatch_uid=name)


def forget_deleted(
    sender: type[AbstractBaseUser], instance: AbstractBaseUser, **kwargs: Any
) -> None:
    """Forget a user whose account is about to be deleted."""
    personal_data.forget_deleted(instance)
