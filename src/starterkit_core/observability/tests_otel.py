"""One span for each use case, with how it ended, without its input."""

import subprocess
import sys
from dataclasses import dataclass
from timeit import repeat

import pytest
from django.db import transaction

from starterkit_core.db.conflicts import Conflict
from starterkit_core.errors import DomainError
from starterkit_core.observability import otel
from starterkit_core.observability.context import (
    Context,
    current,
    entered,
    from_payload,
    trace_of,
)
from starterkit_core.services.tasks import enqueue_after_commit, task
from starterkit_core.use_cases import Input, UseCase
from tests.traces import finished_spans

REASON = "the SDK is not installed"
metrics = pytest.importorskip("opentelemetry.sdk.metrics", reason=REASON)
readers = pytest.importorskip("opentelemetry.sdk.metrics.export", reason=REASON)

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "canary-8c1f"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT_ID = "b7ad6b7169203331"
HERE = f"{__name__}.Act"


class Refusal(DomainError):
    code = "no_such_thing"
    message = f"There is no {CANARY}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ActInput(Input):
    """What goes wrong."""

    text: str = CANARY
    failures: tuple[Exception, ...] = ()
    inner: tuple[Exception, ...] | None = None


class Act(UseCase[ActInput, str]):
    """Fails as it is told, once for each failure."""

    def run(self) -> str:
        if self.input.inner is not None:
            Act.execute(ActInput(failures=self.input.inner))
        number = getattr(self, "tries", 0)
        self.tries = number + 1
        if number < len(self.input.failures):
            raise self.input.failures[number]
        return current().trace_id


class Read(UseCase[Input, str]):
    atomic = False

    def run(self) -> str:
        return "done"


@task
def act():
    Act.execute(ActInput())


class Start(UseCase[Input, None]):
    def run(self) -> None:
        enqueue_after_commit(act)


@pytest.fixture
def spans(monkeypatch):
    """Return a function that returns the finished spans."""
    return finished_spans(monkeypatch)


@pytest.fixture
def points(monkeypatch):
    """Use a real SDK; return a function that returns what was measured, by name."""
    reader = readers.InMemoryMetricReader()
    meter = metrics.MeterProvider([reader]).get_meter("starterkit")
    monkeypatch.setattr(otel, "EXECUTIONS", meter.create_counter("executions"))
    monkeypatch.setattr(otel, "DURATION", meter.create_histogram("duration"))

    def read():
        [resource] = reader.get_metrics_data().resource_metrics
        [scope] = resource.scope_metrics
        return {it.name: list(it.data.data_points) for it in scope.metrics}

    return read


def test_a_use_case_is_a_span_that_is_named_by_its_key(spans):
    Act.execute(ActInput())
    Read.execute(Input())

    first, second = spans()
    assert (first.name, second.name) == (HERE, f"{__name__}.Read")
    assert dict(first.attributes) == {"starterkit.use_case": HERE}
    assert first.status.status_code.name == "UNSET"


def test_a_refusal_is_an_attribute_and_no_error(spans):
    with pytest.raises(Refusal):
        Act.execute(ActInput(failures=(Refusal(),)))

    [span] = spans()
    assert span.attributes["starterkit.refusal"] == "no_such_thing"
    assert span.status.status_code.name == "UNSET"
    assert CANARY not in span.to_json()


def test_a_bug_is_an_error_without_its_text(spans):
    with pytest.raises(ValueError, match=CANARY):
        Act.execute(ActInput(failures=(ValueError(CANARY),)))

    [span] = spans()
    assert span.attributes["error.type"] == "builtins.ValueError"
    assert span.status.status_code.name == "ERROR"
    assert not span.events
    assert CANARY not in span.to_json()


def test_shows_how_often_the_transaction_ran_again(spans):
    Act.execute(ActInput(failures=(Conflict(), Conflict())))

    [span] = spans()
    assert span.attributes["starterkit.retries"] == 2


def test_an_act_within_an_act_is_a_child(spans):
    with pytest.raises(Refusal):
        Act.execute(ActInput(inner=(Refusal(),)))

    inner, outer = spans()
    assert inner.parent.span_id == outer.context.span_id
    assert inner.context.trace_id == outer.context.trace_id


def test_belongs_to_the_trace_of_the_caller(spans):
    trace = trace_of(f"00-{TRACE_ID}-{PARENT_ID}-01")

    with entered(Context(request_id="request-1", trace=trace)):
        assert Act.execute(ActInput()) == TRACE_ID

    [span] = spans()
    assert f"{span.context.trace_id:032x}" == TRACE_ID
    assert f"{span.parent.span_id:016x}" == PARENT_ID
    assert span.parent.is_remote


def test_a_caller_that_records_no_trace_is_followed(spans):
    trace = trace_of(f"00-{TRACE_ID}-{PARENT_ID}-00")

    with entered(Context(request_id="request-1", trace=trace)):
        Act.execute(ActInput())

    assert not spans()


def test_a_request_that_begins_a_trace_is_one_trace(spans):
    with entered(Context(request_id="request-1", trace=trace_of(""))):
        logged = Act.execute(ActInput())
        Act.execute(ActInput())
        assert current().trace_id == logged

    first, second = spans()
    assert first.parent is None
    assert second.parent.span_id == first.context.span_id
    assert f"{first.context.trace_id:032x}" == logged


def test_a_task_continues_the_trace(spans):
    with entered(Context(request_id="request-1", trace=trace_of(""))):
        Start.execute(Input())

    of_task, of_request = spans()
    assert (of_task.name, of_request.name) == (HERE, f"{__name__}.Start")
    assert of_task.parent.span_id == of_request.context.span_id


def test_a_worker_continues_the_trace_from_the_arguments_of_the_task(spans):
    payload = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"}

    with entered(from_payload(payload)):
        Act.execute(ActInput())

    [span] = spans()
    assert f"{span.parent.span_id:016x}" == PARENT_ID


def test_counts_and_measures_by_use_case_and_outcome(points):
    Act.execute(ActInput())
    with pytest.raises(Refusal):
        Act.execute(ActInput(failures=(Refusal(),)))

    measured = points()
    assert {
        it.attributes.get("starterkit.refusal"): it.value
        for it in measured["executions"]
    } == {None: 1, "no_such_thing": 1}
    assert [it.count for it in measured["duration"]] == [1, 1]
    assert CANARY not in str(measured)


def test_a_rollback_of_the_caller_does_not_matter(spans):
    with transaction.atomic():
        Act.execute(ActInput())
        transaction.set_rollback(True)

    assert len(spans()) == 1


BESIDE = """
import django
from django.conf import settings

settings.configure(
    ROOT_URLCONF="__main__",
    ALLOWED_HOSTS=["testserver"],
    MIDDLEWARE=["starterkit_core.middleware.ApiMiddleware"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
from opentelemetry import trace
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

exporter = InMemorySpanExporter()
trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))
DjangoInstrumentor().instrument()
django.setup()

from django.http import HttpResponse
from django.test import Client
from django.urls import path
from starterkit_core.observability.context import current
from starterkit_core.use_cases import Input, UseCase

class Act(UseCase):
    def run(self):
        return current().trace_id

urlpatterns = [
    path("act/", lambda request: HttpResponse(Act.execute(Input()))),
    path("no-act/", lambda request: HttpResponse(current().trace_id)),
]
answer = Client().get("/act/", HTTP_TRACEPARENT="00-TRACE_ID-PARENT_ID-01")
ours, theirs = exporter.get_finished_spans()
assert ours.parent.span_id == theirs.context.span_id, (ours, theirs)
assert theirs.parent.span_id == 0xPARENT_ID, theirs.parent
assert answer.content.decode() == f"{ours.context.trace_id:032x}" == "TRACE_ID"
print(ours.name, "<", theirs.name)
exporter.clear()
answer = Client().get("/no-act/")
[theirs] = exporter.get_finished_spans()
assert answer.content.decode() == f"{theirs.context.trace_id:032x}"
""".replace("TRACE_ID", TRACE_ID).replace("PARENT_ID", PARENT_ID)


def test_is_a_child_of_the_span_that_opentelemetry_makes_for_django():
    pytest.importorskip("opentelemetry.instrumentation.django")

    ran = subprocess.run(  # noqa: S603  # a program of ours
        [sys.executable, "-c", BESIDE], capture_output=True, text=True, check=False
    )

    assert (ran.stdout, ran.returncode) == ("__main__.Act < GET act/\n", 0), ran.stderr


ABSENT = """
import sys
sys.modules["opentelemetry"] = None
from starterkit_core.observability import otel
assert not otel.installed
assert otel.current_trace() is None
import starterkit_core.use_cases, starterkit_core.services.tasks
"""


def test_is_absent_without_the_library():
    ran = subprocess.run(  # noqa: S603  # a program of ours
        [sys.executable, "-c", ABSENT], capture_output=True, text=True, check=False
    )

    assert (ran.stderr, ran.returncode) == ("", 0)


def test_costs_nothing_without_the_library(monkeypatch):
    monkeypatch.setattr(otel, "installed", False)
    read = Read(Input())

    bare = min(repeat(lambda: Read.active()(Input())._execute(), number=2_000))
    whole = min(repeat(lambda: Read.execute(Input()), number=2_000))

    assert (whole - bare) / 2_000 < 5e-6  # seconds; measured: a tenth of that
    assert read.run() == "done"
