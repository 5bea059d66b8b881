"""Erases what all providers have about a user, in a task."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from starterkit_core.db.conflicts import retried
from starterkit_core.ports import personal_data
from starterkit_core.services.tasks import can_defer, enqueue_deferred, task
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.models import Erasure
from starterkit_users.services import erasures
from starterkit_users.use_cases.erase_part import ErasePart, ErasePartInput

logger = logging.getLogger("starterkit.erasures")

DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
"""How long the task waits before each further attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseAccountInput(Input):
    """Which erasure to go on with."""

    erasure: Erasure


class EraseAccount(UseCase[EraseAccountInput, Erasure]):
    """Let every provider erase its data, and save what each has come to.

    One that fails does not stop the others; then the erasure stays ``running``.
    Repeating it is safe: each attempt asks all of them again, because one of them may
    have saved data, such as an audit event, after another had erased its own.
    """

    def prepare(self) -> None:
        self.failed = [
            provider.name
            for provider in personal_data.providers()
            if not self.erase_part(provider)
        ]

    def run(self) -> Erasure:
        erasure = self.lock_erasure()
        self.save_outcome(erasure)
        return erasure

    def erase_part(self, provider: personal_data.PersonalDataProvider) -> bool:
        """Return whether the provider could erase its data."""
        erasure = self.input.erasure
        try:
            ErasePart.execute(ErasePartInput(erasure=erasure, provider=provider))
        except Exception as error:
            logger.exception(
                "A part of an erasure failed",
                extra={"provider": provider.name, "erasure": str(erasure.pk)},
            )
            failure = error
        else:
            return True
        retried(lambda: erasures.save_result(erasure, provider.name, failure))
        return False

    def lock_erasure(self) -> Erasure:
        """Return the erasure, locked until the transaction ends."""
        rows = Erasure.objects.select_for_update()
        return rows.get(pk=self.input.erasure.pk)

    def save_outcome(self, erasure: Erasure) -> None:
        """Save that it is done, unless a provider has failed."""
        erasure.attempts += 1
        if not self.failed and erasure.finished_at is None:
            erasure.state = Erasure.State.DONE
            erasure.finished_at = timezone.now()
        erasure.save()


@task
def erase_account(erasure_id: str, failed: int = 0) -> None:
    """Go on with an erasure; ``failed`` counts the former attempts."""
    running = Erasure.objects.filter(pk=erasure_id, state=Erasure.State.RUNNING)
    erasure = running.first()
    if erasure is None:
        return
    erasure = EraseAccount.execute(EraseAccountInput(erasure=erasure))
    if erasure.state != Erasure.State.DONE:
        _try_later(erasure_id, failed)


def _try_later(erasure_id: str, failed: int) -> None:
    if failed < len(DELAYS) and can_defer(erase_account):
        enqueue_deferred(erase_account, DELAYS[failed], erasure_id, failed + 1)
        return
    text = "An erasure is not complete: run manage.py users_erase --retry"
    logger.error(text, extra={"erasure": erasure_id})
