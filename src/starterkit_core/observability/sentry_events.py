"""What of an event leaves for Sentry: the event, once the SDK has made JSON of it."""

import re
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from starterkit_core.utils.redaction import BLOT, redacted

HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "content-length",
        "content-type",
        "host",
        "origin",
        "referer",
        "user-agent",
        "x-request-id",
    }
)
"""Headers that a report keeps, in lower case."""

AS_IT_IS = {"_meta", "exception", "modules", "request", "sdk", "threads", "user"}
"""Members of an event that are not copied as a whole."""

POSITIONAL = {"args", "kwargs"}
"""Names of arguments without names of their own, such as those of a task."""

JOBS = {"celery-job", "rq-job"}
OF_A_JOB = {"func", "job_id", "task_name"}
"""What a report keeps of a job in ``extra``."""

VALUES = {"db.params", "http.fragment", "http.query"}
"""Data of spans and breadcrumbs whose values have no names."""

LITERAL = re.compile(r"'(?:[^']|'')*+'?|\b\d{4,}")
"""A value that stands in a statement, and is no parameter."""

Event = dict[str, Any]
Hide = Callable[[Any], Any]


def scrubbed(event: Event, kept: frozenset[str], known: Collection[str]) -> Event:
    """Return the event without what is secret; ``known`` are secret texts."""
    hide = partial(redacted, known=known)
    _hide_values(event)
    for name in event.keys() - AS_IT_IS:
        event[name] = hide(event[name])
    for raised in _values_of(event, "exception"):
        _scrub_exception(raised, hide)
    for thread in _values_of(event, "threads"):
        _scrub_frames(thread, hide)
    _scrub_request(event, kept, hide)
    _scrub_jobs(event)
    if event.get("user"):
        event["user"] = hide({"id": event["user"].get("id")})
    return event


def _values_of(event: Event, name: str) -> list[Event]:
    return (event.get(name) or {}).get("values") or []


def _scrub_exception(raised: Event, hide: Hide) -> None:
    for name in {"value", "mechanism"} & raised.keys():
        raised[name] = hide(raised[name])
    _scrub_frames(raised, hide)


def _scrub_frames(place: Event, hide: Hide) -> None:
    """Keep the local variables of the project's own code, without the secret ones."""
    for frame in (place.get("stacktrace") or {}).get("frames") or ():
        module = frame.get("module") or ""
        if not frame.get("in_app") or module.startswith("starterkit_"):
            frame.pop("vars", None)
        elif frame.get("vars"):
            shown = hide(frame["vars"])
            frame["vars"] = shown | dict.fromkeys(POSITIONAL & shown.keys(), BLOT)


def _hide_values(event: Event) -> None:
    """Hide the values in statements, and in the queries of requests that were sent."""
    for it in (*(event.get("spans") or ()), *_values_of(event, "breadcrumbs")):
        data = it.get("data") or {}
        data.update(dict.fromkeys(VALUES & data.keys(), BLOT))
    for span in event.get("spans") or ():
        if str(span.get("op")).startswith("db") and span.get("description"):
            span["description"] = LITERAL.sub("?", span["description"])
    for crumb in _values_of(event, "breadcrumbs"):
        if crumb.get("category") == "query" and crumb.get("message"):
            crumb["message"] = LITERAL.sub("?", crumb["message"])


def _scrub_request(event: Event, kept: frozenset[str], hide: Hide) -> None:
    request = event.get("request")
    if not request:
        return
    request.pop("cookies", None)
    if "endpoint" in event.get("tags", ()):  # one of ours
        request.pop("data", None)
    headers = request.pop("headers", None) or {}
    event["request"] = hide(request)
    shown = {it: text for it, text in headers.items() if it.lower() in kept}
    event["request"]["headers"] = hide(shown)


def _scrub_jobs(event: Event) -> None:
    """Hide the arguments of the job that a worker runs."""
    extra = event.get("extra") or {}
    for name in JOBS & extra.keys():
        job = extra[name]
        extra[name] = {it: job[it] for it in OF_A_JOB & job.keys()}
