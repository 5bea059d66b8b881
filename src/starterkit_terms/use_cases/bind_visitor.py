"""Bind what a visitor did to the account that they have signed up or in to."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.errors import AccountDeleted
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractDocument,
    ConsentState,
    Visitor,
)
from starterkit_terms.models.acceptance import TRACES
from starterkit_terms.services import accounts, visitors
from starterkit_terms.services.audiences import Membership
from starterkit_terms.services.evidence import Act
from starterkit_terms.use_cases.record_acts import RecordActs, RecordActsInput


@dataclass(frozen=True, slots=True, kw_only=True)
class BindVisitorInput(Input):
    """Which account takes over what the visitor of the token did."""

    user: AbstractBaseUser
    token: str
    client: Client = NO_CLIENT


class BindVisitor(UseCase[BindVisitorInput, int]):
    """Copy the visitor's acts to the account, exactly once; return how many.

    Each copy keeps its time and its traces. Of each version, the last act counts. What
    the account itself decided later, or at the same time, wins: then the visitor's act
    is left out. A token that is forged, expired or bound binds nothing.

    Raises:
        AccountDeleted: the account was deleted during the request.
    """

    raises = (AccountDeleted,)

    def run(self) -> int:
        visitor = visitors.id_of(self.input.token)
        if visitor is None:
            return 0
        accounts.lock(self.input.user)  # first, as every act on it: no deadlock
        if not self.claim(visitor):
            return 0
        acts = self.find_acts(visitor)
        for act in acts:
            self.record(act)
        return len(acts)

    def claim(self, visitor: UUID) -> bool:
        """Mark the visitor as bound; of requests at once, one returns True."""
        now = timezone.now()
        open_one = Visitor.objects.open(visitor, now)
        return bool(open_one.update(user=self.input.user, bound_at=now, updated_at=now))

    def find_acts(self, visitor: UUID) -> list[AbstractAcceptance]:
        """Return what is to be copied, oldest first."""
        acts = visitors.acts_of_visitor(visitor)
        last = {act.version_id: act for act in acts}
        mine = ConsentState.objects.of(self.input.user)
        states = {row.document_id: row for row in mine}
        membership = Membership(self.input.user)
        return [
            act
            for act in _in_order(last.values())
            if membership.covers(act.version.document.audience)
            and _counts(act, states.get(act.version.document_id))
        ]

    def record(self, act: AbstractAcceptance) -> None:
        """Save the copy of one act."""
        RecordActs.execute(
            RecordActsInput(
                user=self.input.user,
                acts=[Act.again(act, act.action)],
                client=self.input.client,
                method=AbstractAcceptance.Method.BOUND,
                happened_at=act.happened_at,
                actor_id=act.actor_id,
                traces={name: getattr(act, name) for name in TRACES},
                extra=self.input.extra,
            )
        )


def _in_order(acts: Iterable[AbstractAcceptance]) -> list[AbstractAcceptance]:
    return sorted(acts, key=lambda act: (act.happened_at, act.pk))


def _counts(act: AbstractAcceptance, state: ConsentState | None) -> bool:
    """Return whether it is newer than what the account decided, and can follow it."""
    if state is None:
        return True
    if act.happened_at <= state.happened_at:
        return False
    binds = act.version.document.nature != AbstractDocument.Nature.CONSENT
    refuses = act.action == act.Action.REFUSED
    return not (binds and refuses and state.accepted_number >= act.version.number)
