"""Record what a user does about documents: every way to do so ends in here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.errors import AccountDeleted
from starterkit_core.services import audit
from starterkit_core.signals import (
    announce,
    consent_given,
    consent_withdrawn,
    terms_accepted,
)
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_terms.errors import AlreadyAccepted
from starterkit_terms.models import (
    AbstractAcceptance,
    AbstractDocument,
    ConsentState,
    acceptance_model,
)
from starterkit_terms.services import accounts, states
from starterkit_terms.services.evidence import Act, traces_of
from starterkit_terms.services.standing import settle
from starterkit_terms.utils.months import months_later

Action = AbstractAcceptance.Action

AUDITED: Mapping[str, str] = {
    Action.ACCEPTED: "terms.accepted",
    Action.ACKNOWLEDGED: "terms.acknowledged",
    Action.GIVEN: "terms.consent_given",
    Action.REFUSED: "terms.refused",
    Action.WITHDRAWN: "terms.consent_withdrawn",
    Action.EXPIRED: "terms.consent_expired",
}
"""How the audit log calls each action."""

States = Mapping[UUID, ConsentState]
"""By document."""

Acceptances = Mapping[UUID, AbstractAcceptance]
"""By document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordActsInput(Input):
    """Who does what, by which method, with which client; one act of a document."""

    user: AbstractBaseUser
    acts: Sequence[Act]
    client: Client = NO_CLIENT
    method: str = AbstractAcceptance.Method.API
    happened_at: datetime = field(default_factory=timezone.now)
    actor_id: str = ""
    """Who acted, if it was not the user: the id of a visitor who is bound."""

    traces: Mapping[str, str] | None = None
    """What was saved about the client when it happened; None for ``client``'s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The acts in their order, new ones and those that were there before."""

    acts: list[AbstractAcceptance]
    created: list[AbstractAcceptance]


class RecordActs(UseCase[RecordActsInput, Recorded]):
    """Add the acts to the ledger, and what they come to, to the states.

    All of them or none. What the user did last is not done again, so a retry adds no
    second row; parallel requests of a user wait for each other.

    Raises:
        AccountDeleted: the account was deleted during the request.
        AlreadyAccepted: a version would be refused that the user has accepted.
    """

    raises = (AccountDeleted, AlreadyAccepted)

    def run(self) -> Recorded:
        self.lock_account()
        former = self.lock_states()
        self.check_refusals(former)
        repeated = self.find_repeated(former)
        new = [act for act in self.input.acts if act.document.pk not in repeated]
        created = self.create([self.acceptance_fields(act, former) for act in new])
        self.save_states(created, former)
        self.settle(created)
        self.record_events(created)
        self.announce(created, former)
        return self.in_order(created, repeated)

    def lock_account(self) -> None:
        """Lock the user, so that a concurrent retry waits until the first is saved.

        Raises:
            AccountDeleted: the account was deleted during the request.
        """
        accounts.lock(self.input.user)

    def lock_states(self) -> States:
        """Return what stands between the user and these documents, locked."""
        ids = [act.document.pk for act in self.input.acts]
        rows = ConsentState.objects.select_for_update().of(self.input.user)
        return {row.document_id: row for row in rows.filter(document__in=ids)}

    def check_refusals(self, former: States) -> None:
        """Refuse to refuse what was accepted; a consent can be refused at any time.

        Raises:
            AlreadyAccepted: the user has accepted this version.
        """
        for act in self.input.acts:
            state = former.get(act.document.pk)
            binds = act.document.nature != AbstractDocument.Nature.CONSENT
            if act.action != Action.REFUSED or state is None or not binds:
                continue
            if state.accepted_number >= act.version.number:
                raise AlreadyAccepted

    def _is_repeated(self, act: Act, former: States) -> bool:
        """Return whether it is what the user did last, and is still valid."""
        state = former.get(act.document.pk)
        last = state and (state.action, state.number)
        return last == (act.action, act.version.number) and bool(
            state and state.holds(self.input.happened_at)
        )

    def find_repeated(self, former: States) -> Acceptances:
        """Return the acts that were done before; a query only if there is one."""
        acts = [act for act in self.input.acts if self._is_repeated(act, former)]
        by_id = {former[act.document.pk].event_id: act for act in acts}
        rows = acceptance_model().objects.filter(pk__in=by_id) if by_id else ()
        for row in rows:
            row.version = by_id[row.pk].version
        return {row.version.document_id: row for row in rows}

    def acceptance_fields(self, act: Act, former: States) -> dict[str, Any]:
        """Return the values of a new row; a host adds those of its own model."""
        state = former.get(act.document.pk)
        return {
            "user_id": self.input.user.pk,
            "actor_id": self.input.actor_id or str(self.input.user.pk),
            "version": act.version,
            "sequence": state.sequence + 1 if state else 1,
            "locale": act.locale,
            "content_hash": act.content_hash,
            "wording": act.wording,
            "action": act.action,
            "method": self.input.method,
            "happened_at": self.input.happened_at,
            "expires_at": self._end_of(act),
            **(self.input.traces or traces_of(self.input.client)),
        }

    def _end_of(self, act: Act) -> datetime | None:
        """Return when a consent that is given ends; None if it does not."""
        months = act.document.valid_months
        if act.action != Action.GIVEN or not months:
            return None
        return months_later(self.input.happened_at, months)

    def create(self, rows: Sequence[dict[str, Any]]) -> list[AbstractAcceptance]:
        """Insert the rows."""
        model = acceptance_model()
        return list(model.objects.bulk_create([model(**row) for row in rows]))

    def save_states(
        self, created: Sequence[AbstractAcceptance], former: States
    ) -> None:
        """Save what stands after these acts; at most two statements."""
        new: list[ConsentState] = []
        changed: list[ConsentState] = []
        for act in created:
            document = act.version.document_id
            state = former.get(document)
            known = states.of_state(state) if state else None
            values = states.after(known, act).fields()
            row = ConsentState(
                user_id=self.input.user.pk, document_id=document, **values
            )
            if state:
                row.pk = state.pk
            (changed if state else new).append(row)
        ConsentState.objects.bulk_create(new)
        ConsentState.objects.bulk_update(changed, states.COLUMNS)

    def settle(self, created: Sequence[AbstractAcceptance]) -> None:
        """Keep it for the gate if the user has accepted all that they must."""
        if any(act.action == Action.ACCEPTED for act in created):
            # What was bound happened earlier; the gate asks about now.
            settle(self.input.user, max(self.input.happened_at, timezone.now()))

    def record_events(self, created: Sequence[AbstractAcceptance]) -> None:
        """Record which versions the acts were about, one event of each action."""
        versions: dict[str, list[str]] = defaultdict(list)
        for act in created:
            versions[act.action].append(str(act.version_id))
        by_time = self.input.method == AbstractAcceptance.Method.TIME
        for action, ids in versions.items():
            audit.record(
                AUDITED[action],
                actor=None if by_time else self.input.user,
                subject=self.input.user,
                client=self.input.client,
                facts={"versions": ids},
            )

    def announce(self, created: Sequence[AbstractAcceptance], former: States) -> None:
        """Send the signals after the commit, of new acts only."""
        user, sender = self.input.user, acceptance_model()
        accepted = [act.version for act in created if act.action == Action.ACCEPTED]
        if accepted:
            announce(terms_accepted, sender, user=user, versions=accepted)
        for act in created:
            key, version = act.version.document.key, act.version
            facts = {"user": user, "consent": key, "version": version}
            state = former.get(act.version.document_id)
            if act.action == Action.GIVEN:
                announce(consent_given, sender, **facts)
            elif state and state.action == Action.GIVEN:
                announce(consent_withdrawn, sender, **facts, reason=act.action)

    def in_order(
        self, created: Sequence[AbstractAcceptance], repeated: Acceptances
    ) -> Recorded:
        """Return new and earlier acts in the order of the input."""
        found = {act.version.document_id: act for act in created} | {**repeated}
        acts = [found[act.document.pk] for act in self.input.acts]
        return Recorded(acts=acts, created=[*created])
