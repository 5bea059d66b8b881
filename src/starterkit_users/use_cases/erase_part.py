"""Lets one provider erase its data about a user, for ``erase_account``."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from starterkit_core.db.databases import rows_of
from starterkit_core.ports import personal_data
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.models import Erasure
from starterkit_users.services import erasures


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePartInput(Input):
    """Which provider, in which erasure."""

    erasure: Erasure
    provider: personal_data.PersonalDataProvider


class ErasePart(UseCase[ErasePartInput, None]):
    """Erase the data of one provider, in a transaction of its own.

    Whatever the provider raises undoes what it did.
    """

    def run(self) -> None:
        self.erase()
        self.save_result()

    def erase(self) -> None:
        """Call the provider with the account as it is saved now.

        If the row of the account is gone, it was deleted in another way, and the
        providers whose data outlives it were asked then.
        """
        users: Any = rows_of(get_user_model())
        user = users.filter(pk=self.input.erasure.account_id).first()
        if user is not None:
            self.input.provider.erase(user)

    def save_result(self) -> None:
        """Save that the provider is done."""
        erasures.save_result(self.input.erasure, self.input.provider.name)
