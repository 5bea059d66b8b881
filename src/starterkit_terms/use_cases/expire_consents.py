"""Write into the ledger which consents have expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.db.expired import locked
from starterkit_core.use_cases import Input, UseCase
from starterkit_terms.models import AbstractAcceptance, ConsentState, acceptance_model
from starterkit_terms.services.evidence import Act
from starterkit_terms.use_cases.record_acts import RecordActs, RecordActsInput


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireConsentsInput(Input):
    """How many at once."""

    batch_size: int = 100


class ExpireConsents(UseCase[ExpireConsentsInput, int]):
    """Record the end of consents that have expired; return how many there were.

    Only for the record: a consent ends at its time, whether or not this has run.
    Concurrent runs are safe.
    """

    def run(self) -> int:
        now = timezone.now()
        expired = self.lock_expired(now)
        for state in expired:
            self.record(state, now)
        return len(expired)

    def lock_expired(self, at: datetime) -> list[ConsentState]:
        """Return the states of consents that ended; accounts are locked, as in acts.

        Those whose user acts at this moment are left to the next run.
        """
        due = ConsentState.objects.expired(at).order_by("expires_at", "pk")
        users = due.values_list("user_id", flat=True)[: self.input.batch_size]
        accounts = rows_of(get_user_model()).filter(pk__in=[*users]).order_by("pk")
        mine = ConsentState.objects.expired(at).select_related("user")
        return [*mine.filter(user__in=locked(accounts, self.input.batch_size))]

    def record(self, state: ConsentState, at: datetime) -> None:
        """Save that the consent ended."""
        given = acceptance_model().objects.select_related("version__document")
        RecordActs.execute(
            RecordActsInput(
                user=state.user,
                acts=self._acts(given.get(pk=state.event_id)),
                method=AbstractAcceptance.Method.TIME,
                happened_at=at,
            )
        )

    def _acts(self, given: AbstractAcceptance) -> Sequence[Act]:
        """Return the end of a consent that was given."""
        return [
            Act(
                action=AbstractAcceptance.Action.EXPIRED,
                version=given.version,
                locale=given.locale,
                content_hash=given.content_hash,
                wording=given.wording,
            )
        ]
