"""Which acts may be deleted: those of erased users, once their retention has ended.

As long as an account lives, all of its acts stay: what stands is derived from them.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.db.expired import Expired
from starterkit_core.ports import retention
from starterkit_terms.conf import conf
from starterkit_terms.models import AbstractAcceptance, Visitor, acceptance_model

COUNTED = 1_000
"""How many ids are in memory at once."""


class ExpiredVisitors(Expired):
    """Visitors who were bound to no account in time, and what they did."""

    def delete(self, keys: list[Any]) -> None:
        """Delete their acts first: those name them, without a foreign key."""
        acts = rows_of(acceptance_model()).filter(user=None)
        acts.filter(actor_id__in=[str(key) for key in keys]).delete()
        super().delete(keys)


def expired_visitors() -> list[Expired]:
    """Return the visitors that can be bound no longer, and never were."""
    now = timezone.now()
    over = Visitor.objects.filter(bound_at=None, expires_at__lte=now)
    began = now - conf.VISITOR_MAX_AGE
    return [ExpiredVisitors.since("visitors", over, began)]


class ExpiredEvidence(Expired):
    """Acts without a user, but those of a visitor who can still be bound, or is.

    The purge ends a visitor who is not bound in time; an erasure, one who is.
    """

    def count(self) -> int:
        """Return the number of rows."""
        found, after = 0, None
        while True:
            rows = self.rows.order_by("pk")
            rows = rows if after is None else rows.filter(pk__gt=after)
            keys = [*rows.values_list("pk", flat=True)[:COUNTED]]
            found += len(_without_living(keys))
            if len(keys) < COUNTED:
                return found
            after = keys[-1]

    def lock(self, after: Any, size: int) -> tuple[list[Any], Any]:
        """Return ids of rows that may be deleted, locked, and where to go on."""
        keys, last = super().lock(after, size)
        return _without_living(keys), last


def _without_living(keys: list[Any]) -> list[Any]:
    """Return the ids but those of acts whose visitor there still is."""
    rows = rows_of(acceptance_model()).filter(
        pk__in=keys, method=AbstractAcceptance.Method.VISITOR
    )
    actors = {pk: UUID(actor) for pk, actor in rows.values_list("pk", "actor_id")}
    visitors = rows_of(Visitor).filter(pk__in={*actors.values()})
    living = {*visitors.values_list("pk", flat=True)}
    return [key for key in keys if actors.get(key) not in living]


def expired_evidence() -> Expired:
    """Return the acts whose user was removed longer ago than ``EVIDENCE_RETENTION``."""
    since = timezone.now() - conf.EVIDENCE_RETENTION
    # There is an index that begins with the user: acts of accounts are not looked at.
    erased = rows_of(acceptance_model()).filter(user=None)
    return ExpiredEvidence("evidence", erased.filter(updated_at__lte=since), erased)


def register() -> None:
    """Register what ``manage.py starterkit purge`` deletes in core's port."""
    retention.register("starterkit_terms", expired_visitors)
