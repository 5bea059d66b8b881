from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.models.invitation import in_state
from starterkit_users.services import invitations


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInvitationsInput(Input):
    """Which invitations, and which page; the caller has checked permissions."""

    page: PageRequest
    state: str = ""
    """``open``, ``expired``, ``accepted`` or ``revoked``; ``""`` is each of them."""


class ListInvitations(UseCase[ListInvitationsInput, Page[Any]]):
    """Return invitations, the newest first."""

    atomic = False

    def run(self) -> Page[Any]:
        return self.paginate(self.find_invitations())

    def find_invitations(self) -> QuerySet[Any]:
        """Return the invitations that the filter lets through."""
        found, state = invitations.all_invitations(), self.input.state
        return found.filter(in_state(state, timezone.now())) if state else found

    def paginate(self, found: QuerySet[Any]) -> Page[Any]:
        """Return the page that was asked for."""
        given = self.input
        filters = {"state": given.state}
        return paginate(found, order_by=["-pk"], request=given.page, filters=filters)
