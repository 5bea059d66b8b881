from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db.models import Q, QuerySet

from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.models import AuditEvent
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.uuid7 import first_id_at


class AuditEventFilters(TypedDict, total=False):
    """What the list is narrowed to; what is absent does not narrow it."""

    action: str
    actor: str
    impersonator: str
    subject: str
    since: datetime
    until: datetime


COLUMNS = {
    "action": "action",
    "actor": "actor_id",
    "impersonator": "impersonator_id",
    "subject": "subject_id",
}
"""The column of each filter by a whole value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAuditEventsInput(Input):
    """Which events, and which page of them; the caller has checked permissions."""

    page: PageRequest
    filters: AuditEventFilters


class ListAuditEvents(UseCase[ListAuditEventsInput, Page[AuditEvent]]):
    """Return the events of all modules and users, newest first."""

    atomic = False

    def run(self) -> Page[AuditEvent]:
        return self.paginate(self.find_events())

    def find_events(self) -> QuerySet[AuditEvent]:
        """Return the events that the filters let through."""
        return AuditEvent.objects.filter(self._condition())

    def _condition(self) -> Q:
        """Return the filters as a condition; an index serves each of them."""
        given, condition = self.input.filters, Q()
        for name, column in COLUMNS.items():
            if name in given:
                condition &= Q((column, given[name]))  # type: ignore[literal-required]  # the keys are above
        # Ids contain the time, and there is no index on created_at.
        if "since" in given:
            condition &= Q(pk__gte=first_id_at(given["since"]))
        if "until" in given:
            condition &= Q(pk__lt=first_id_at(given["until"]))
        return condition

    def paginate(self, rows: QuerySet[AuditEvent]) -> Page[AuditEvent]:
        """Return the page that was asked for; ids are ordered by time."""
        given, order = self.input, ["-id"]
        return paginate(rows, order_by=order, request=given.page, filters=given.filters)
