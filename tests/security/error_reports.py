"""What error reporters show of a failure: Django's, and Sentry's with its defaults."""

import html
import json
import logging
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.test import override_settings
from django.views.debug import ExceptionReporter

has_sentry = find_spec("sentry_sdk") is not None


@contextmanager
def reported(*reporters: Any) -> Iterator[list[str]]:
    """Collect what each reporter shows of each failure: of requests, and in the log.

    By default these are Django's, and Sentry's with its defaults.
    """
    if not reporters:
        reporters = (django(debug=False), django(debug=True))
        reporters += (sentry(),) if has_sentry else ()
    shown: list[str] = []

    def show(request: HttpRequest | None, exc_info: Any) -> None:
        shown.extend(reporter(request, exc_info) for reporter in reporters)

    def failed(request: HttpRequest, **_: Any) -> None:
        show(request, sys.exc_info())

    class Log(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info:
                show(None, record.exc_info)

    got_request_exception.connect(failed)
    log = Log(logging.ERROR)
    logging.getLogger().addHandler(log)
    try:
        yield shown
    finally:
        got_request_exception.disconnect(failed)
        logging.getLogger().removeHandler(log)


def django(*, debug: bool) -> Any:
    def show(request: HttpRequest | None, exc_info: Any) -> str:
        with override_settings(DEBUG=debug):
            report = ExceptionReporter(request, *exc_info)
            page = html.unescape(report.get_traceback_html())
            return page + report.get_traceback_text()

    return show


def sentry(**options: Any) -> Any:
    """Return Sentry's reporter, without what ``init()`` would change in this process.

    The steps are those of its Django integration (``_capture_exception``). It returns
    what is sent, or ``""``.
    """
    import sentry_sdk as sdk  # noqa: PLC0415  # may be missing
    from sentry_sdk.integrations.django import (  # noqa: PLC0415  # may be missing
        DjangoRequestExtractor,
    )
    from sentry_sdk.transport import Transport  # noqa: PLC0415  # may be missing
    from sentry_sdk.utils import event_from_exception  # noqa: PLC0415  # as above

    sent: list[str] = []

    class Kept(Transport):  # type: ignore[misc]  # Any, where it is not installed
        def capture_envelope(self, envelope: Any) -> None:
            sent.extend(json.dumps(item.payload.json) for item in envelope.items)

    options = {"dsn": "https://key@sentry.invalid/1", **options}
    client = sdk.Client(**options, transport=Kept, default_integrations=False)

    def show(request: HttpRequest | None, exc_info: Any) -> str:
        with sdk.isolation_scope() as scope:
            scope.set_client(client)
            event, hint = event_from_exception(exc_info, client_options=client.options)
            if request is not None:
                DjangoRequestExtractor(_with_drf(request, exc_info)).extract_into_event(
                    event
                )
            scope.capture_event(event, hint)
        return sent.pop() if sent else ""

    return show


def _with_drf(request: HttpRequest, exc_info: Any) -> HttpRequest:
    """Return the request with what Sentry's patch of ``APIView.initial`` sets."""
    trace = exc_info[2]
    while trace is not None:
        view = trace.tb_frame.f_locals.get("self")
        inner = getattr(view, "request", None)
        if getattr(inner, "_request", None) is request:
            vars(request)["_sentry_drf_request_backref"] = weakref.ref(inner)
        trace = trace.tb_next
    return request
