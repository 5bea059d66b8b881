"""Which acts may be deleted: those of erased users, once their retention has ended.

As long as an account lives, all of its acts stay: what stands is derived from them.
"""

from typing import Any

from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.db.expired import Expired
from starterkit_core.ports import retention
from starterkit_terms.conf import conf
from starterkit_terms.models import Visitor, acceptance_model


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


def expired_evidence() -> Expired:
    """Return the acts whose user was removed longer ago than ``EVIDENCE_RETENTION``."""
    since = timezone.now() - conf.EVIDENCE_RETENTION
    # There is an index that begins with the user: acts of accounts are not looked at.
    erased = rows_of(acceptance_model()).filter(user=None)
    return Expired("evidence", erased.filter(updated_at__lte=since), erased)


def register() -> None:
    """Register what ``manage.py starterkit purge`` deletes in core's port."""
    retention.register("starterkit_terms", expired_visitors)
