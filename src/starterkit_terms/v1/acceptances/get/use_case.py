"""Read what I have accepted, given, refused and withdrawn."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import AbstractAcceptance, acceptance_model


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAcceptancesInput(Input):
    """Whose acts, and which page of them."""

    user: AbstractBaseUser
    page: PageRequest


class ListAcceptances(UseCase[ListAcceptancesInput, Page[AbstractAcceptance]]):
    """Return the acts of a user, newest first; one query."""

    atomic = False

    def run(self) -> Page[AbstractAcceptance]:
        return self.paginate(self.find_acts())

    def find_acts(self) -> QuerySet[AbstractAcceptance]:
        """Return every act of the user, with its version and document."""
        mine: QuerySet[AbstractAcceptance] = acceptance_model().objects.of(
            self.input.user
        )
        return mine.select_related("version__document")

    def paginate(self, acts: QuerySet[AbstractAcceptance]) -> Page[AbstractAcceptance]:
        """Return the page that was asked for; ids are ordered by time."""
        given = self.input
        mine = {"user": str(given.user.pk)}  # a cursor is of one user
        return paginate(acts, order_by=["-id"], request=given.page, filters=mine)
