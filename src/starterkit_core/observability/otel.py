"""Spans and measurements of use cases, for projects that use OpenTelemetry.

The extra ``[otel]`` installs its API; without that, ``installed`` is False. They name
the use case and how it ended, and have no input and no text of an exception in them.
"""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from starterkit_core.observability import context
from starterkit_core.observability.context import Trace
from starterkit_core.utils.source import dotted

try:
    from opentelemetry import metrics, trace
    from opentelemetry.context import Context
except ImportError:
    installed = False
else:
    installed = True
    TRACER = trace.get_tracer("starterkit")
    METER = metrics.get_meter("starterkit")
    EXECUTIONS = METER.create_counter(
        "starterkit.use_case.executions", description="How often a use case was run."
    )
    DURATION = METER.create_histogram(
        "starterkit.use_case.duration",
        unit="s",
        description="How long a use case ran, its retries included.",
    )

T = TypeVar("T")

USE_CASE = "starterkit.use_case"
"""The key of the use case, which is the span's name, too."""

REFUSAL = "starterkit.refusal"
"""The code of the refusal; the span of one is no error."""

RETRIES = "starterkit.retries"
"""How often the transaction was run again; only where it was."""

ERROR = "error.type"
"""The class of an exception that is no refusal."""


def observed(key: str, run: Callable[[], T], refusals: type[Exception]) -> T:
    """Return what ``run`` returns, with a span and a measurement of it.

    It is a child of the current span; or of the one that the request or task names in
    its ``traceparent``.
    """
    about = {USE_CASE: key}
    started = perf_counter()
    with TRACER.start_as_current_span(
        key,
        context=_parent(),
        attributes=about,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        _adopt(span.get_span_context())
        try:
            return run()
        except Exception as error:
            about |= _outcome(error, refusals)
            span.set_attributes(about)
            if ERROR in about:
                span.set_status(trace.StatusCode.ERROR)
            raise
        finally:
            EXECUTIONS.add(1, about)
            DURATION.record(perf_counter() - started, about)


def retried(number: int) -> None:
    """Add to the span of the use case that its transaction is run again."""
    trace.get_current_span().set_attribute(RETRIES, number)


def current_trace() -> Trace | None:
    """Return the current span as what causes other work, or None if there is none."""
    span = trace.get_current_span().get_span_context() if installed else None
    return _trace_of(span) if span and span.is_valid else None


def _outcome(error: Exception, refusals: type[Exception]) -> dict[str, str]:
    """Return the attribute that says how a use case ended."""
    if isinstance(error, refusals):
        return {REFUSAL: getattr(error, "code", "")}
    return {ERROR: dotted(type(error))}


def _trace_of(span: "trace.SpanContext") -> Trace:
    return Trace(
        trace_id=trace.format_trace_id(span.trace_id),
        parent_id=trace.format_span_id(span.span_id),
        is_sampled=span.trace_flags.sampled,
    )


def _parent() -> "Context | None":
    """Return the parent that another process named, or None if a span is open here."""
    known = context.current().trace
    if known is None or not known.parent_id or current_trace():
        return None
    remote = trace.SpanContext(
        trace_id=int(known.trace_id, 16),
        span_id=int(known.parent_id, 16),
        is_remote=True,
        trace_flags=trace.TraceFlags(int(known.is_sampled)),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(remote))


def _adopt(span: "trace.SpanContext") -> None:
    """Let a request whose trace begins with this span have its ids from now on.

    So log lines have the id of the trace, and further spans of the request are in it.
    """
    known = context.current().trace
    if known and not known.parent_id and span.is_valid:
        context.current().trace = _trace_of(span)
