from dataclasses import dataclass

from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase
from tests.sample.models import Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class ListThingsInput(Input):
    """Which page."""

    page: PageRequest


class ListThings(UseCase[ListThingsInput, Page[Thing]]):
    """Give a page of things."""

    atomic = False

    def run(self) -> Page[Thing]:
        return self.get_page()

    def get_page(self) -> Page[Thing]:
        return paginate(
            Thing.objects.all(), order_by=["-created_at"], request=self.input.page
        )
