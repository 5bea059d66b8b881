"""The audit log: one append-only event per security-relevant act."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models import Q, QuerySet

from starterkit_core.db._statements import insert
from starterkit_core.db.databases import rows_beside
from starterkit_core.models import AuditEvent
from starterkit_core.observability.context import current
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.pseudonyms import pseudonym
from starterkit_core.utils.redaction import redacted, redacted_text

NO_TRACES = {"address": "", "user_agent": "", "request_id": ""}
"""The columns about the client, as they are once its user is forgotten."""


LONGEST_REASON = 500


def record(
    action: str,
    *,
    actor: models.Model | None = None,
    subject: models.Model | None = None,
    client: Client = NO_CLIENT,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Record who did what to whom, in the transaction that is open.

    ``action`` is a stable dotted name, such as ``auth.signed_in``. ``facts`` must be
    JSON; what looks like a secret is redacted before it is saved. ``reason`` is text
    that the actor wrote, cut to 500 characters. It may name a person, so it is no fact
    and is cleared when the subject is forgotten. Who impersonates the actor is read
    from the request or task.
    """
    context = current()
    event = AuditEvent(
        action=action,
        actor_id=str(actor.pk) if actor else "",
        impersonator_id=context.impersonator_id,
        subject_type=subject._meta.label if subject else "",
        subject_id=str(subject.pk) if subject else "",
        address=client.address,
        user_agent=client.user_agent,
        request_id=client.request_id or context.request_id,
        reason=redacted_text(reason)[:LONGEST_REASON],
        facts=redacted(facts or {}),
    )
    insert(event)
    return event


def events_of(user: AbstractBaseUser) -> QuerySet[AuditEvent]:
    """Return what ``user`` did and what was done to the account."""
    return rows_beside(AuditEvent, user).filter(Q(actor_id=str(user.pk)) | about(user))


def about(user: AbstractBaseUser) -> Q:
    """Return the condition that an event is about the account of ``user``."""
    return Q(subject_id=str(user.pk), subject_type__in=account_labels())


def account_labels() -> set[str]:
    """Return what ``subject_type`` can be of an account: proxies and children count."""
    model = get_user_model()
    return {it._meta.label for it in apps.get_models() if issubclass(it, model)}


def forget(user: AbstractBaseUser) -> None:
    """Make the events of ``user`` anonymous, and keep that they happened.

    A keyed hash replaces the id, and why an act was done is cleared. Address, user
    agent and request id are cleared where the user acted, or a client that was not
    signed in; where another user acted, such as an administrator or an impersonator,
    they are about that user.
    """
    hidden = pseudonym(user, "starterkit_core.audit")
    events, key = rows_beside(AuditEvent, user), str(user.pk)
    with transaction.atomic(using=events.db, savepoint=False):
        anonymous = events.filter(about(user), actor_id="")
        anonymous.update(subject_id=hidden, reason="", **NO_TRACES)
        events.filter(about(user)).update(subject_id=hidden, reason="")
        acted = events.filter(actor_id=key)
        acted.filter(impersonator_id="").update(actor_id=hidden, **NO_TRACES)
        acted.update(actor_id=hidden)
        impersonated = events.filter(impersonator_id=key)
        impersonated.update(impersonator_id=hidden, **NO_TRACES)
