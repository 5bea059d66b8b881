"""What is traced, by a real SDK of OpenTelemetry."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from starterkit_core.observability import otel


def finished_spans(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Trace use cases until the test ends; return what returns the finished spans.

    Without the SDK, the test is skipped.
    """
    trace = pytest.importorskip("opentelemetry.sdk.trace")
    export = import_module("opentelemetry.sdk.trace.export")
    memory = import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter, provider = memory.InMemorySpanExporter(), trace.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(exporter))
    monkeypatch.setattr(otel, "TRACER", provider.get_tracer("starterkit"))
    finished: Callable[[], Any] = exporter.get_finished_spans
    return finished
