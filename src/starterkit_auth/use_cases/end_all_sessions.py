"""End the sessions of all users, one batch at a time."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_auth.models.session import SessionQuerySet
from starterkit_auth.services import sessions
from starterkit_auth.use_cases.end_sessions import BY_ADMINISTRATOR
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase

BATCH_SIZE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAllSessionsInput(Input):
    """Where the batch begins."""

    after: UUID | None = None
    """The last session of the previous batch; None for the first batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedBatch:
    """The result of one batch."""

    ended: int
    last: UUID | None
    """The last session of the batch; None if no session was left."""


class EndAllSessions(UseCase[EndAllSessionsInput, EndedBatch]):
    """End one batch of live sessions; repeat it until ``last`` is None.

    Each batch is a separate transaction with one UPDATE. Sessions are ended in the
    order of their ids, which is the order of time: one that is opened meanwhile may
    stay open. One event is recorded for all of them, with the first batch, so that it
    is in the log even if a later batch fails.
    """

    def run(self) -> EndedBatch:
        if self.input.after is None:
            self.record_event()
        last = self.find_last()
        if last is None:
            return EndedBatch(ended=0, last=None)
        batch = self.live().filter(pk__lte=last)
        self.lock_users(batch)
        return EndedBatch(ended=self.end_sessions(batch), last=last)

    def record_event(self) -> None:
        """Record that the sessions of all users are being ended, and how many."""
        facts = {"number": self.live().count(), "reason": BY_ADMINISTRATOR}
        audit.record("auth.all_sessions_ended", facts=facts)

    def live(self) -> SessionQuerySet:
        """Return the live sessions after the previous batch."""
        rows = session_model().objects.live_at(timezone.now())
        after = self.input.after
        return rows if after is None else rows.filter(pk__gt=after)

    def find_last(self) -> UUID | None:
        """Return the last session of the batch, or None if no session is left."""
        keys = self.live().order_by("pk").values_list("pk", flat=True)
        return next(iter(keys[BATCH_SIZE - 1 : BATCH_SIZE]), None) or keys.last()

    def lock_users(self, batch: SessionQuerySet) -> None:
        """Lock the users before their sessions, as every other use case does."""
        users = get_user_model()._base_manager.filter(pk__in=batch.values("user"))
        [
            *users.select_for_update(no_key=sessions.has_no_key_locks())
            .order_by("pk")
            .values_list("pk")
        ]

    def end_sessions(self, batch: SessionQuerySet) -> int:
        """End them and return how many were still live."""
        return sessions.end_rows(batch, BY_ADMINISTRATOR)
