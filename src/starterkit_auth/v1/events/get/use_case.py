from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from starterkit_core.models import AuditEvent
from starterkit_core.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase

OURS = "auth."
"""What the names of this module's actions begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEventsInput(Input):
    """Whose log, and which page of it."""

    user: AbstractBaseUser
    page: PageRequest


class ListEvents(UseCase[ListEventsInput, Page[AuditEvent]]):
    """Show somebody what happened to their account, the newest first."""

    atomic = False

    def run(self) -> Page[AuditEvent]:
        return self.paginate(self.find_events())

    def find_events(self) -> QuerySet[AuditEvent]:
        """Return the events that the person was subject to, whoever acted."""
        user = self.input.user
        return AuditEvent.objects.filter(
            subject_id=str(user.pk),
            subject_type=user._meta.label,
            action__startswith=OURS,
        )

    def paginate(self, rows: QuerySet[AuditEvent]) -> Page[AuditEvent]:
        """Return the page that was asked for; ids are ordered by time."""
        owner = {"user": str(self.input.user.pk)}
        order = ["-id"]
        return paginate(rows, order_by=order, request=self.input.page, filters=owner)
