"""End the sessions of all users, one batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils import timezone

from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.services import sessions
from starterkit_auth.use_cases.end_sessions import BY_ADMINISTRATOR
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase

BATCH_SIZE = 500


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

    Each batch is a separate transaction. Sessions are ended in the order of their ids,
    which is the order of time: one that is opened meanwhile may stay open. The event is
    recorded with the first batch, so that it is in the log even if a later batch fails.
    """

    def run(self) -> EndedBatch:
        if self.input.after is None:
            self.record_event()
        batch = self.find_batch()
        self.lock_users(batch)
        ended = self.end_sessions(batch)
        return EndedBatch(ended=ended, last=batch[-1].pk if batch else None)

    def record_event(self) -> None:
        """Record that the sessions of all users are being ended."""
        facts = {"reason": BY_ADMINISTRATOR}
        audit.record("auth.all_sessions_ended", facts=facts)

    def find_batch(self) -> list[AbstractSession]:
        """Return the next live sessions."""
        rows = session_model().objects.select_related("user").order_by("pk")
        live = rows.live_at(timezone.now())
        if self.input.after is not None:
            live = live.filter(pk__gt=self.input.after)
        return [*live[:BATCH_SIZE]]

    def lock_users(self, batch: Sequence[AbstractSession]) -> None:
        """Lock the users before their sessions, as every other use case does."""
        user_ids: set[Any] = {session.user_id for session in batch}
        users = get_user_model()._base_manager.select_for_update().order_by("pk")
        [*users.filter(pk__in=user_ids).values_list("pk")]

    def end_sessions(self, batch: Sequence[AbstractSession]) -> int:
        """End them and return how many were still live."""
        return sum(sessions.end(session, BY_ADMINISTRATOR) for session in batch)
