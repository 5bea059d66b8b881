from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.models.session import SessionQuerySet
from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessionsInput(Input):
    """Whose sessions, and which page of them."""

    user: AbstractBaseUser
    page: PageRequest


class ListSessions(UseCase[ListSessionsInput, Page[AbstractSession]]):
    """Return the live sessions of a user, newest sign-in first."""

    atomic = False

    def run(self) -> Page[AbstractSession]:
        return self.paginate(self.find_sessions())

    def find_sessions(self) -> SessionQuerySet:
        """Return the sessions that have neither ended nor expired."""
        return session_model().objects.of(self.input.user).live_at(timezone.now())

    def paginate(self, rows: SessionQuerySet) -> Page[AbstractSession]:
        """Return the page that was asked for."""
        owner = {"user": str(self.input.user.pk)}
        order = ["-created_at"]
        return paginate(rows, order_by=order, request=self.input.page, filters=owner)
