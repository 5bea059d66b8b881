from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from starterkit_auth.services.events import ACTION_PREFIX, conceal
from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.models import AuditEvent
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEventsInput(Input):
    """Whose events, and which page of them."""

    user: AbstractBaseUser
    page: PageRequest


class ListEvents(UseCase[ListEventsInput, Page[AuditEvent]]):
    """Return the security events of a user's account, newest first."""

    atomic = False

    def run(self) -> Page[AuditEvent]:
        page = self.paginate(self.find_events())
        self.conceal(page)
        return page

    def find_events(self) -> QuerySet[AuditEvent]:
        """Return this module's events about the user's account, by any actor."""
        user = self.input.user
        return AuditEvent.objects.filter(
            subject_id=str(user.pk),
            subject_type=user._meta.label,
            action__startswith=ACTION_PREFIX,
        )

    def paginate(self, rows: QuerySet[AuditEvent]) -> Page[AuditEvent]:
        """Return the page that was asked for; ids are ordered by time."""
        owner = {"user": str(self.input.user.pk)}
        order = ["-id"]
        return paginate(rows, order_by=order, request=self.input.page, filters=owner)

    def conceal(self, page: Page[AuditEvent]) -> None:
        """Remove from each event what the account owner may not see."""
        for event in page.results:
            conceal(event)
