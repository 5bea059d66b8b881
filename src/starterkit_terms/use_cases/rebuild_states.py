"""Compare the states of some users with the ledger, and rebuild them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from starterkit_core.db.databases import rows_of
from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import ConsentState, acceptance_model
from starterkit_terms.services import standing, states
from starterkit_terms.services.states import Derived

Key = tuple[Any, Any]
"""The ids of a user and a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildStatesInput(Input):
    """Which users: so many, after one of them in the order of their ids."""

    after: Any = None
    """The id of the last user of the batch before; None to begin."""

    batch_size: int = 500
    users: Sequence[Any] | None = None
    """Only the users with these ids, all at once; None for all users."""

    apply: bool = False
    """Whether to rebuild what differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuiltStates:
    """What a batch has found."""

    users: int
    differing: list[Key]
    """Users and documents of which the state is missing, wrong or without acts."""

    last: Any
    """Where the next batch goes on; None if there are no further users."""


class RebuildStates(UseCase[RebuildStatesInput, RebuiltStates]):
    """Return what differs; with ``apply``, the states are as the ledger says then.

    Only users of whom something differs are locked, and looked at again: without the
    lock, an act of this very moment would seem to be a difference.
    """

    def run(self) -> RebuiltStates:
        users = self.find_users()
        suspects = sorted({user for user, _ in self.compare(users)}, key=users.index)
        differing: dict[Key, Derived | None] = {}
        if suspects:
            self.lock_accounts(suspects)
            differing = self.compare(suspects)
        if self.input.apply:
            self.rebuild(differing)
        full = len(users) == self.input.batch_size
        last = users[-1] if full else None
        return RebuiltStates(users=len(users), differing=[*differing], last=last)

    def find_users(self) -> list[Any]:
        """Return the ids of the next users, hidden ones included."""
        if self.input.users is not None:
            return [*self.input.users]
        users = rows_of(get_user_model()).order_by("pk")
        if self.input.after is not None:
            users = users.filter(pk__gt=self.input.after)
        return [*users.values_list("pk", flat=True)[: self.input.batch_size]]

    def lock_accounts(self, users: Sequence[Any]) -> None:
        """Lock the users, so that none of them acts meanwhile."""
        rows = rows_of(get_user_model()).filter(pk__in=users).order_by("pk")
        [*rows.select_for_update().values_list("pk")]

    def compare(self, users: Sequence[Any]) -> dict[Key, Derived | None]:
        """Return what should be where something else is; None for no state at all."""
        wanted = self._derive(users)
        rows = ConsentState.objects.filter(user__in=users)
        saved = {(row.user_id, row.document_id): states.of_state(row) for row in rows}
        keys = {**wanted, **saved}
        return {
            key: wanted.get(key) for key in keys if wanted.get(key) != saved.get(key)
        }

    def _derive(self, users: Sequence[Any]) -> Mapping[Key, Derived]:
        """Return what the acts of these users come to, by user and document."""
        derived: dict[Key, Derived] = {}
        for act in self._find_acts(users):
            key = (act.user_id, act.version.document_id)
            derived[key] = states.after(derived.get(key), act)
        return derived

    def _find_acts(self, users: Sequence[Any]) -> Iterable[Any]:
        """Return the acts of these users, those about a document as they happened."""
        rows = rows_of(acceptance_model()).filter(user__in=users)
        return rows.select_related("version__document").order_by("sequence", "pk")

    def rebuild(self, differing: Mapping[Key, Derived | None]) -> None:
        """Replace the states that differ; the gate asks their users again."""
        for user, document in differing:
            ConsentState.objects.filter(user=user, document=document).delete()
        ConsentState.objects.bulk_create(
            ConsentState(user_id=user, document_id=document, **derived.fields())
            for (user, document), derived in differing.items()
            if derived is not None
        )
        users = {user for user, _ in differing}
        for user in rows_of(get_user_model()).filter(pk__in=users):
            standing.forget(user)
