"""What an act would do: it runs in a transaction that is rolled back."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from starterkit_core.db.databases import accounts_database, transaction_of
from starterkit_core.errors import DomainError
from starterkit_terms.models import AbstractVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How an act would end: one of the two is None."""

    version: AbstractVersion | None
    refusal: DomainError | None


def rehearse(act: Callable[[], AbstractVersion]) -> Rehearsal:
    """Return how ``act`` would end; no row is changed and no signal is sent.

    So it is refused for exactly the reasons for which the act would be, also those of a
    use case that the host put in its place.
    """
    database = accounts_database()
    with transaction_of(database):
        try:
            found = Rehearsal(version=act(), refusal=None)
        except DomainError as refusal:
            found = Rehearsal(version=None, refusal=refusal)
        transaction.set_rollback(True, using=database)
    return found
