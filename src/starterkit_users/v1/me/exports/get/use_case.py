from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from starterkit_core.db.pagination import Page, PageRequest, paginate
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.models import DataExport


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExportsInput(Input):
    """Whose exports, and which page of them."""

    user: AbstractBaseUser
    page: PageRequest


class ListExports(UseCase[ListExportsInput, Page[DataExport]]):
    """Return the exports of a user, the newest first."""

    atomic = False

    def run(self) -> Page[DataExport]:
        return self.paginate(self.find_exports())

    def find_exports(self) -> QuerySet[DataExport]:
        """Return the exports of the user."""
        return DataExport.objects.of(self.input.user)

    def paginate(self, exports: QuerySet[DataExport]) -> Page[DataExport]:
        """Return the page that was asked for."""
        return paginate(exports, order_by=["-pk"], request=self.input.page)
