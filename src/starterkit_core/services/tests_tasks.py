"""Tasks: after the commit, on the project's queue; failures reach no caller."""

import logging
import os
import subprocess
import sys
from asyncio import sleep
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils.module_loading import import_string

from starterkit_core.observability.context import (
    Context,
    current,
    entered,
    noted_on,
    trace_of,
)
from starterkit_core.services import tasks
from starterkit_core.services.tasks import enqueue_after_commit, runs_at_once, task

pytestmark = pytest.mark.django_db(transaction=True)

LIBRARY = next((name for name in tasks.LIBRARIES if find_spec(name)), "")
needs_a_library = pytest.mark.skipif(
    not LIBRARY, reason="no tasks library is installed"
)
SOURCES = Path(tasks.__file__).parents[2]

noted = []


@task
def note(text, *, mark=""):
    noted.append(text + mark)


@task
def fail():
    raise ConnectionRefusedError("The other side is down.")


@task
def note_context():
    noted.append(current())


@task
async def note_later():
    await sleep(0)
    noted.append(current())


REQUEST = Context(
    request_id="request-1",
    trace=trace_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"),
    known_user_id="7",
    known_impersonator_id="9",
)


class BrokenQueue:
    """A task backend whose broker has gone away."""

    def __init__(self, alias, params):
        self.task_class = import_string(f"{LIBRARY}.base.Task")

    def validate_task(self, task):
        pass

    def enqueue(self, task, args, kwargs):
        raise ConnectionRefusedError("No broker is listening.")


@pytest.fixture(autouse=True)
def nothing_noted():
    noted.clear()


@pytest.fixture(params=["library", "at once"])
def either_way(request, monkeypatch):
    """Run a test with the installed library, and without any."""
    if request.param == "at once":
        monkeypatch.setattr(tasks, "LIBRARIES", ())


def test_runs_after_the_commit_and_not_before():
    with transaction.atomic():
        enqueue_after_commit(note, "done", mark="!")

        assert noted == []

    assert noted == ["done!"]


def test_never_runs_after_a_rollback():
    with transaction.atomic():
        enqueue_after_commit(note, "done")
        transaction.set_rollback(True)

    assert noted == []


def test_runs_at_once_outside_a_transaction():
    enqueue_after_commit(note, "done")

    assert noted == ["done"]


@pytest.mark.usefixtures("either_way")
def test_a_task_that_fails_is_logged_and_does_not_stop_the_next(caplog):
    with transaction.atomic():
        enqueue_after_commit(task(fail.func))
        enqueue_after_commit(note, "next")

    assert noted == ["next"]
    [record] = [entry for entry in caplog.records if entry.levelno == logging.ERROR]
    assert record.exc_info[0] is ConnectionRefusedError
    assert "fail" in record.getMessage()


@pytest.mark.usefixtures("either_way")
def test_arguments_that_no_queue_can_hold_are_logged(caplog):
    enqueue_after_commit(task(note.func), uuid4())

    assert noted == []
    [record] = caplog.records
    assert (record.name, record.levelname) == ("starterkit.tasks", "ERROR")
    assert record.exc_info[0] is TypeError


@pytest.mark.usefixtures("either_way")
def test_knows_that_the_caller_runs_it():
    assert runs_at_once(task(note.func))


def test_without_a_library_it_runs_at_once_after_the_commit(monkeypatch):
    monkeypatch.setattr(tasks, "LIBRARIES", ())
    plain = task(note.func)

    with transaction.atomic():
        enqueue_after_commit(plain, "done", mark="!")

        assert noted == []

    assert noted == ["done!"]


@needs_a_library
@pytest.mark.parametrize("backend", [f"{__name__}.BrokenQueue", "no.such.Queue"])
def test_a_queue_that_is_down_is_logged_and_does_not_raise(settings, caplog, backend):
    settings.TASKS = {"default": {"BACKEND": backend}}

    with transaction.atomic():
        enqueue_after_commit(task(note.func), "done")

    assert noted == []
    [record] = caplog.records
    assert (record.name, record.levelname) == ("starterkit.tasks", "ERROR")
    assert "note" in record.getMessage()


@needs_a_library
def test_puts_the_call_on_the_projects_queue(settings):
    settings.TASKS = {"default": {"BACKEND": f"{LIBRARY}.backends.dummy.DummyBackend"}}

    enqueue_after_commit(note, "done", mark="!")

    [result] = import_string(f"{LIBRARY}.default_task_backend").results
    assert (result.args, result.kwargs) == (["done"], {"mark": "!"})
    assert result.task.module_path == f"{__name__}.note"
    assert noted == []


@needs_a_library
def test_is_a_task_of_the_library():
    assert isinstance(note, import_string(f"{LIBRARY}.base.Task"))
    assert note.using(backend="default").func is note.func


def test_importing_a_task_reads_no_settings():
    code = (
        "from django.conf import settings\n"
        "from starterkit_core.services.tasks import task\n"
        "import starterkit_core.services.mail\n"
        "@task\n"
        "def nothing() -> None: ...\n"
        "assert not settings.configured\n"
    )

    ran = subprocess.run(  # noqa: S603  # a program of ours
        [sys.executable, "-c", code],
        cwd=SOURCES,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.returncode == 0


@pytest.mark.usefixtures("either_way")
def test_runs_with_the_ids_of_the_request_that_enqueued_it():
    plain = task(note_context.func)
    with transaction.atomic():
        with entered(REQUEST):
            enqueue_after_commit(plain)

        assert not current().request_id

    assert noted == [REQUEST]
    assert not current().request_id


@needs_a_library
@pytest.mark.parametrize("enqueue", [enqueue_after_commit, lambda it: it.enqueue()])
def test_takes_the_ids_along_as_json(settings, enqueue):
    settings.TASKS = {"default": {"BACKEND": f"{LIBRARY}.backends.dummy.DummyBackend"}}

    with entered(REQUEST):
        enqueue(note_context)

    [result] = import_string(f"{LIBRARY}.default_task_backend").results
    assert result.kwargs == {
        "starterkit_context": {
            "request_id": "request-1",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
            "user_id": "7",
            "impersonator_id": "9",
        }
    }
    result.task.call(*result.args, **result.kwargs)
    assert noted == [REQUEST]


@needs_a_library
@pytest.mark.parametrize("change", [{"priority": 5}, {"queue_name": "slow"}])
def test_takes_them_along_with_other_options(settings, change):
    settings.TASKS = {
        "default": {
            "BACKEND": f"{LIBRARY}.backends.dummy.DummyBackend",
            "QUEUES": ["default", "slow"],
        }
    }

    with entered(REQUEST):
        note.using(**change).enqueue("done")

    [result] = import_string(f"{LIBRARY}.default_task_backend").results
    assert result.kwargs["starterkit_context"]["request_id"] == "request-1"


@needs_a_library
@pytest.mark.parametrize(
    "payload",
    [{}, {"request_id": "r"}, {"later": 1, "traceparent": "no"}, {"user_id": None}],
)
def test_a_payload_of_another_release_does_not_stop_the_task(payload):
    note.call("done", starterkit_context=payload)

    assert noted == ["done"]


@needs_a_library
def test_a_worker_logs_a_failure_with_the_ids(caplog):
    with entered(REQUEST):
        enqueue_after_commit(task(fail.func))

    [failure] = [entry.exc_info[1] for entry in caplog.records if entry.exc_info]
    assert noted_on(failure) == REQUEST


@needs_a_library
def test_a_coroutine_runs_with_them_too():
    with entered(REQUEST):
        enqueue_after_commit(note_later)

    assert noted == [REQUEST]


@needs_a_library
def test_may_be_enqueued_again_with_what_a_result_has():
    with entered(REQUEST):
        note_context.enqueue(starterkit_context={"request_id": "request-0"})

    assert [context.request_id for context in noted] == ["request-0"]
