"""The audit log: one append-only event per security-relevant act."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from starterkit_core.db._statements import insert
from starterkit_core.models import AuditEvent
from starterkit_core.utils.client import NO_CLIENT, Client, current_request_id
from starterkit_core.utils.redaction import redacted


def record(
    action: str,
    *,
    actor: models.Model | None = None,
    subject: models.Model | None = None,
    client: Client = NO_CLIENT,
    facts: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Record who did what to whom, in the transaction that is open.

    ``action`` is a stable dotted name, such as ``auth.signed_in``. ``facts`` must be
    JSON; what looks like a secret is redacted before it is saved.
    """
    event = AuditEvent(
        action=action,
        actor_id=str(actor.pk) if actor else "",
        subject_type=subject._meta.label if subject else "",
        subject_id=str(subject.pk) if subject else "",
        address=client.address,
        user_agent=client.user_agent,
        request_id=client.request_id or current_request_id.get(),
        facts=redacted(facts or {}),
    )
    insert(event)
    return event
