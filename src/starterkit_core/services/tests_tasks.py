"""Tasks: after the commit, on the project's queue; failures reach no caller."""

import logging
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils.module_loading import import_string

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

    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=SOURCES,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.returncode == 0
