"""Erasures: what each provider has come to."""

from django.db.models import F
from django.utils import timezone

from starterkit_core.utils.source import dotted
from starterkit_users.models import Erasure, ErasureResult


def save_result(
    erasure: Erasure, provider: str, error: Exception | None = None
) -> None:
    """Save the outcome of an attempt; of an error only its class, never its text."""
    state = ErasureResult.State.FAILED if error else ErasureResult.State.DONE
    text = dotted(type(error))[:200] if error else ""
    outcome = {"state": state, "error": text, "updated_at": timezone.now()}
    mine = ErasureResult.objects.filter(erasure=erasure, provider=provider[:100])
    if not mine.update(attempts=F("attempts") + 1, **outcome):
        row = ErasureResult(erasure=erasure, provider=provider[:100], **outcome)
        row.save(force_insert=True)


def failed_parts(erasure: Erasure) -> list[str]:
    """Return the names of the providers that failed at last, in order."""
    failed = ErasureResult.objects.filter(
        erasure=erasure, state=ErasureResult.State.FAILED
    )
    return [*failed.order_by("provider").values_list("provider", flat=True)]
