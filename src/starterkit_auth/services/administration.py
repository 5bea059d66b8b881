"""What administrators do to the sessions of others, through whatever door.

The Django admin and the commands call these; the caller has checked that they may.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from starterkit_auth.models import AbstractSession
from starterkit_auth.models import sessions as session_model
from starterkit_auth.services import addresses, sessions
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client

REASON = "ended_by_administrator"
NOBODY = Client()
BATCH_SIZE = 500


def end_sessions_of(
    user: AbstractBaseUser,
    *,
    actor: AbstractBaseUser | None = None,
    client: Client = NOBODY,
) -> int:
    """End all sessions of ``user``, write it down, and return how many there were."""
    with transaction.atomic():
        number = sessions.end_sessions(user, REASON)
        audit.record(
            "auth.sessions_ended",
            actor=actor,
            subject=user,
            client=client,
            facts={"number": number, "reason": REASON},
        )
    return number


def end_all_sessions() -> Iterator[int]:
    """End the sessions of everybody, and yield after each batch how many that were.

    They are walked in the order of their ids, which is that of time: one that is
    opened meanwhile may go on. That it begins is written down first, for the log of
    what was done must not depend on its coming to an end.
    """
    audit.record("auth.all_sessions_ended", facts={"reason": REASON})
    rows = session_model.model.objects.select_related("user").order_by("pk")
    live, ended = rows.live_at(timezone.now()), 0
    batch: list[AbstractSession] = [*live[:BATCH_SIZE]]
    while batch:
        with transaction.atomic():
            _lock({session.user_id for session in batch})
            ended += sum(sessions.end(session, REASON) for session in batch)
        yield ended
        batch = [*live.filter(pk__gt=batch[-1].pk)[:BATCH_SIZE]]


def find_user(named: str) -> AbstractBaseUser | None:
    """Return who has this address, in whatever spelling, or else this id."""
    users = get_user_model()._base_manager
    try:
        if "@" in named:
            account = addresses.look_up(named)
            return account.user if account else None
        return users.filter(pk=named).first()
    except (ValueError, ValidationError):
        return None


def _lock(user_ids: set[Any]) -> None:
    """Lock these users before their sessions, in the order that everybody keeps to."""
    users = get_user_model()._base_manager.select_for_update().order_by("pk")
    [*users.filter(pk__in=user_ids).values_list("pk")]
