"""Record what a visitor, who has no account, does about documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import AlreadyAccepted
from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractDocument,
    Visitor,
    acceptance_model,
)
from starterkit_terms.services import visitors
from starterkit_terms.services.evidence import Act, traces_of
from starterkit_terms.utils.months import months_later

Action = AbstractAcceptance.Action

Former = Mapping[UUID, Sequence[AbstractAcceptance]]
"""The visitor's acts by document, oldest first."""

Acceptances = Mapping[UUID, AbstractAcceptance]
"""By document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVisitorActsInput(Input):
    """Which visitor does what, with which client; one act of a document."""

    acts: Sequence[Act]
    token: str = ""
    """That of an earlier answer; without one, a new visitor acts."""

    client: Client = NO_CLIENT
    happened_at: datetime = field(default_factory=timezone.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorRecorded:
    """The acts in their order, and the token for the next ones."""

    acts: list[AbstractAcceptance]
    created: list[AbstractAcceptance]
    token: str


class RecordVisitorActs(UseCase[RecordVisitorActsInput, VisitorRecorded]):
    """Add the acts to the ledger, without a user: all of them, or none.

    What the visitor did last is not done again, so a retry with the token adds no
    second row. No state, no signal and no audit event: there is no account yet.

    Raises:
        AlreadyAccepted: a version would be refused that the visitor has accepted.
    """

    raises = (AlreadyAccepted,)

    def run(self) -> VisitorRecorded:
        visitor = visitors.locked_or_new(self.input.token)
        former = self.find_former(visitor)
        self.check_refusals(former)
        repeated = self.find_repeated(former)
        new = [act for act in self.input.acts if act.document.pk not in repeated]
        rows = [self.acceptance_fields(act, visitor, former) for act in new]
        created = self.create(rows)
        return VisitorRecorded(
            acts=self.in_order(created, repeated),
            created=created,
            token=visitors.token_of(visitor),
        )

    def find_former(self, visitor: Visitor) -> Former:
        """Return what this visitor did before."""
        former: dict[UUID, list[AbstractAcceptance]] = {
            act.document.pk: [] for act in self.input.acts
        }
        for row in visitors.acts_of_visitor(visitor.pk):
            former.setdefault(row.version.document_id, []).append(row)
        return former

    def check_refusals(self, former: Former) -> None:
        """Refuse to refuse what was accepted; a consent can be refused at any time.

        Raises:
            AlreadyAccepted: the visitor has accepted this version.
        """
        for act in self.input.acts:
            if act.document.nature == AbstractDocument.Nature.CONSENT:
                continue
            accepted = [
                row.version.number
                for row in former[act.document.pk]
                if row.action in row.STANDING
            ]
            if act.action == Action.REFUSED and act.version.number in accepted:
                raise AlreadyAccepted

    def find_repeated(self, former: Former) -> Acceptances:
        """Return the acts that were done before, by document."""
        return {
            act.document.pk: former[act.document.pk][-1]
            for act in self.input.acts
            if self._is_repeated(act, former[act.document.pk])
        }

    def _is_repeated(self, act: Act, earlier: Sequence[AbstractAcceptance]) -> bool:
        """Return whether it is what the visitor did last, and is still valid."""
        if not earlier:
            return False
        last = earlier[-1]
        same = (last.action, last.version_id) == (act.action, act.version.pk)
        lasts = last.expires_at is None or last.expires_at > self.input.happened_at
        return same and lasts

    def acceptance_fields(
        self, act: Act, visitor: Visitor, former: Former
    ) -> dict[str, Any]:
        """Return the values of a new row; a host adds those of its own model."""
        return {
            "actor_id": str(visitor.pk),
            "version": act.version,
            "sequence": len(former[act.document.pk]) + 1,
            "locale": act.locale,
            "content_hash": act.content_hash,
            "wording": act.wording,
            "action": act.action,
            "method": AbstractAcceptance.Method.VISITOR,
            "happened_at": self.input.happened_at,
            "expires_at": self._end_of(act),
            **traces_of(self.input.client),
        }

    def _end_of(self, act: Act) -> datetime | None:
        months = act.document.valid_months
        if act.action != Action.GIVEN or not months:
            return None
        return months_later(self.input.happened_at, months)

    def create(self, rows: Sequence[dict[str, Any]]) -> list[AbstractAcceptance]:
        """Insert the rows."""
        model = acceptance_model()
        return list(model.objects.bulk_create([model(**row) for row in rows]))

    def in_order(
        self, created: Sequence[AbstractAcceptance], repeated: Acceptances
    ) -> list[AbstractAcceptance]:
        """Return new and earlier acts in the order of the input."""
        found = {act.version.document_id: act for act in created} | {**repeated}
        return [found[act.document.pk] for act in self.input.acts]
