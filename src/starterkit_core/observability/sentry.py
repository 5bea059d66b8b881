"""Sentry: what it is told, and what it never sees. No other file knows its SDK.

The SDK is imported by ``options()`` only. The other functions have no effect in a
process in which neither our preset nor the project has imported and started it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from smtplib import SMTPException
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from starterkit_core.observability.context import current, noted_on
from starterkit_core.observability.sentry_events import HEADERS, Event, scrubbed
from starterkit_core.utils.known_secrets import (
    SHORTEST,
    forms_of,
    secrets_of,
    secrets_of_path,
)
from starterkit_core.utils.outages import DATABASE_DOWN, cause_of, is_new
from starterkit_core.utils.probes import is_probe
from starterkit_core.utils.redaction import BLOT, is_private, redacted

SERVICE_UNAVAILABLE = 503
OUTAGES = (*DATABASE_DOWN, ConnectionError, SMTPException, TimeoutError)
"""What a database, a mail server or another one raises when it is down or hangs."""

PATH = "starterkit_secrets_of_path"
"""Where the SDK's hint about an event has them: a trace ends after the request."""

Processor = Callable[[Event, dict[str, Any]], Event | None]


def options(
    dsn: str,
    *,
    environment: str,
    release: str | None,
    traces_sample_rate: float,
    headers: Sequence[str],
    before_send: Processor | None,
    before_send_transaction: Processor | None,
) -> dict[str, Any]:
    """Return what ``sentry_sdk.init()`` takes; see ``presets.sentry()``.

    ``send_default_pii`` is left out, which is False: version 2.75 and later warn when
    it is given.
    """
    from sentry_sdk.consts import DEFAULT_OPTIONS  # noqa: PLC0415  # an extra
    from sentry_sdk.integrations.logging import (  # noqa: PLC0415  # an extra
        ignore_logger,
    )

    ignore_logger("starterkit.errors")  # the signal tells it of the same exceptions
    kept = HEADERS | {name.lower() for name in headers}
    chosen: dict[str, Any] = {
        "dsn": dsn,
        "environment": environment,
        "release": release,
        "max_request_body_size": "never",
        "event_scrubber": _scrubber(),
        "before_send": partial(_report, kept, before_send),
        "before_send_transaction": partial(_trace, kept, before_send_transaction),
        # GlitchTip and Bugsink take events and transactions.
        "auto_session_tracking": False,
        "send_client_reports": False,
        "shutdown_timeout": 2,
    }
    if "before_send_log" in DEFAULT_OPTIONS:  # since 2.35
        chosen["before_send_log"] = lambda log, hint: redacted(log)
    if traces_sample_rate:
        chosen["traces_sampler"] = partial(_sampled, traces_sample_rate)
    return chosen


def tag_request(request_id: str) -> None:
    """Let what is reported of this request have its id."""
    if sdk := _running():
        sdk.set_tag("request_id", request_id)


def hide_path(request: HttpRequest) -> None:
    """Let what is reported of this request show no secret of its path."""

    def remember(event: Event, hint: dict[str, Any]) -> Event:
        hint[PATH] = [it for it in secrets_of_path(request) if len(it) >= SHORTEST]
        return event

    if sdk := _running():
        sdk.get_isolation_scope().add_event_processor(remember)


def name_endpoint(key: str) -> None:
    """Let reports have the endpoint as name: ``POST starterkit_auth.v1.session``.

    One of a project may have ``""`` as key; the SDK's name of it, the route, remains.
    """
    if key and (sdk := _running()):
        folder, _, method = key.rpartition(".")
        name = f"{method.upper()} {folder}"
        scope = sdk.Scope.get_current_scope()
        scope.set_transaction_name(name, source="component")
        sdk.set_tag("endpoint", key)


def _running() -> Any:
    """Return the SDK if this process has started it, or None.

    Version 1 of a project has no ``get_client()``, and is left alone.
    """
    sdk = sys.modules.get("sentry_sdk")
    client_of = getattr(sdk, "get_client", None)
    return sdk if client_of and client_of().is_active() else None


def _scrubber() -> Any:
    from sentry_sdk.scrubber import EventScrubber  # noqa: PLC0415  # an extra

    class Scrubber(EventScrubber):
        """Hides by our list of names; for a project with another ``before_send``."""

        def scrub_dict(self, d: object) -> None:
            if not isinstance(d, dict):
                return
            for name, value in d.items():
                if isinstance(name, str) and is_private(name):
                    d[name] = BLOT
                else:
                    self.scrub_dict(value)
                    self.scrub_list(value)

    return Scrubber(recursive=True)


def _sampled(rate: float, context: Mapping[str, Any]) -> float:
    environ, scope = context.get("wsgi_environ"), context.get("asgi_scope")
    path = (environ or {}).get("PATH_INFO") or (scope or {}).get("path") or ""
    if is_probe(path):
        return 0.0
    decided = context.get("parent_sampled")
    return rate if decided is None else float(decided)


def _report(
    kept: frozenset[str], theirs: Processor | None, event: Event, hint: dict[str, Any]
) -> Event | None:
    """Return the event to send, or None."""
    error = (hint.get("exc_info") or (None, None))[1]
    if error and _comes_in_numbers(error) and not is_new(error, "sentry"):
        return None
    _add_ids(event, error)
    given = theirs(event, hint) if theirs else event
    return given and scrubbed(given, kept, [*secrets_of(error), *_of_path(hint)])


def _trace(
    kept: frozenset[str], theirs: Processor | None, event: Event, hint: dict[str, Any]
) -> Event | None:
    """Return the transaction to send, or None."""
    given = theirs(event, hint) if theirs else event
    return given and scrubbed(given, kept, _of_path(hint))


def _of_path(hint: Mapping[str, Any]) -> list[str]:
    return forms_of(hint.get(PATH, ()))


def _comes_in_numbers(error: BaseException) -> bool:
    """Return whether it is an outage, or what any client may cause at will.

    That is a ``SuspiciousOperation`` such as a wrong ``Host``, which Django logs as an
    error each time.
    """
    cause = cause_of(error)
    return (
        getattr(error, "status", None) == SERVICE_UNAVAILABLE
        or isinstance(cause, (*OUTAGES, SuspiciousOperation))
        or type(cause).__module__ == "redis.exceptions"
    )


def _add_ids(event: Event, error: BaseException | None) -> None:
    """Add the ids of the request, or of the one that started the task."""
    noted = noted_on(error)
    context = noted if noted.request_id else current()
    if context.request_id:
        ids = {"request_id": context.request_id}
        if context.impersonator_id:
            ids["impersonator_id"] = context.impersonator_id
        event["tags"] = ids | dict(event.get("tags") or {})
    if context.user_id:
        event["user"] = {"id": context.user_id} | (event.get("user") or {})
