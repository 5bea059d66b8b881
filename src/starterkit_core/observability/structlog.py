"""For projects that log by structlog: a processor, and no import of the library."""

from collections.abc import MutableMapping
from typing import Any

from starterkit_core.observability.context import IDS, current
from starterkit_core.utils.redaction import redacted

KEPT = ("exc_info", "stack_info")
"""What the standard library reads itself; our formatters hide what is in it."""


def with_ids(
    logger: Any,
    method: str,
    event: MutableMapping[str, Any],
) -> MutableMapping[str, Any]:
    """Add the ids of the request or task, and hide secrets and addresses.

    django-structlog binds a request id of its own, which ours replaces. Its
    ``request`` loses the query. List it after ``merge_contextvars``.
    """
    context = current()
    if isinstance(request := event.get("request"), str):
        event["request"] = request.partition("?")[0]
    kept = {name: event.pop(name) for name in KEPT if name in event}
    values = {name: getattr(context, name) for name in IDS}
    ids = {name: value for name, value in values.items() if value}
    return {**redacted(event), **ids, **kept}
