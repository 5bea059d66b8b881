"""The queue of django-tasks-db: tasks are rows of a table.

Its worker marks the row of a task as running, and if it is killed the row stays so: no
worker of the library looks at it again (issue 5 of django-tasks-db, open as of 0.13).
Here is what ours do about it. Each says every few seconds, in the row, that it is
alive; a row that was silent for long runs again.

Only this file knows the library, and imports it when it is used.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

from django.apps import apps
from django.db import close_old_connections, connections, router
from django.db.models import Case, F, Min, When
from django.utils import timezone
from django.utils.module_loading import import_string

from starterkit_core.utils.outages import DATABASE_DOWN
from starterkit_core.utils.source import dotted

STARTS = 2
"""How often a task is started; if its worker is killed each time, it has failed.

A mail is sent at most as often.
"""

BEATS = 6
"""How often a worker beats in the time after which it counts as dead."""

PAUSE = 2
"""How many seconds to wait for a database that is down."""

BROKEN_OFF = (*DATABASE_DOWN, KeyboardInterrupt, SystemExit)
"""What ends a task that has not failed by itself.

The database went away, or a second signal told the worker to end at once.
"""

READY, RUNNING, FAILED = "READY", "RUNNING", "FAILED"
"""The names of ``TaskResultStatus``."""

logger = logging.getLogger("starterkit.tasks")


class AbandonedTaskError(Exception):
    """The workers of a task were killed each time they ran it."""


def rows_in(backend: Any) -> Any:
    """Return the rows of the tasks of a task backend; None if it is another queue."""
    if not apps.is_installed("django_tasks_db"):
        return None
    if not isinstance(backend, import_string("django_tasks_db.DatabaseBackend")):
        return None
    model: Any = import_string("django_tasks_db.models.DBTaskResult")
    database = router.db_for_write(model)
    return model.objects.using(database).filter(backend_name=backend.alias)


def oldest_waiting(rows: Any) -> datetime | None:
    """Return since when the task has been due that waits the longest, or None."""
    is_later = When(run_after__lte=timezone.now(), then=F("run_after"))
    due = Case(is_later, default=F("enqueued_at"))  # the far future means "at once"
    since: datetime | None = rows.ready().aggregate(since=Min(due))["since"]
    return since


@contextmanager
def watch(rows: Any, worker_id: str, silence: timedelta) -> Iterator[None]:
    """While a worker runs, beat for its task, and let abandoned ones run again.

    A task is abandoned when its worker has not said for ``silence`` that it is alive,
    and could have said so: all that time the database has answered, and this worker was
    not paused, as then the other may have been, too.
    """
    ended = Event()
    longest, pause = silence.total_seconds(), silence.total_seconds() / BEATS

    def look_after_tasks() -> None:
        well_since = looked_at = monotonic()
        while not ended.wait(pause):
            before, looked_at = looked_at, monotonic()
            if looked_at - before > 2 * pause:
                well_since = looked_at
            is_sure = looked_at - well_since > longest
            if not _look(rows, worker_id, silence if is_sure else None):
                well_since = monotonic()

    Thread(target=look_after_tasks, name="starterkit-tasks", daemon=True).start()
    started = import_string("django_tasks_db.compat.task_started")
    started.connect(_save_patiently)
    try:
        yield
    finally:
        started.disconnect(_save_patiently)
        ended.set()


def recover_own(rows: Any, worker_id: str) -> None:
    """Let tasks run again that this worker, which runs none now, has broken off."""
    for _ in range(2):  # the first is in vain if it says just then that it is alive
        for row in _own(rows, worker_id):
            _recover(rows, row)


def recover_abandoned(rows: Any, since: datetime) -> None:
    """Let the tasks run again whose worker has been silent since then.

    Any number of workers may do so at once: one of them succeeds.
    """
    for row in rows.filter(status=RUNNING, started_at__lt=since):
        _recover(rows, row)


def _save_patiently(task_result: Any, **kwargs: Any) -> None:
    """Receive ``task_started``: a task that has ended is saved as soon as possible.

    The library gives up after a third of a second. Then the task would run again, and
    its mail would be sent twice when the database is restarted meanwhile.
    """
    if row := getattr(task_result, "db_result", None):  # or a task of another backend
        row.set_successful = _patient(row.set_successful)
        row.set_failed = _patient(_failing(row, row.set_failed))


def _patient(save: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return ``save`` such that it waits for a database that is down."""

    def save_at_last(outcome: Any) -> None:
        while True:
            close_old_connections()
            try:
                return save(outcome)
            except DATABASE_DOWN as error:
                logger.warning("An ended task waits for the database: %s", error)
            sleep(PAUSE)

    return save_at_last


def _failing(row: Any, fail: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return ``fail`` such that a task runs once more that was broken off."""

    def fail_or_recover(error: Any) -> None:
        if isinstance(error, BROKEN_OFF) and len(row.worker_ids) < STARTS:
            rows = type(row).objects.using(row._state.db)  # noqa: SLF001  # Django's own
            recover_own(rows, _worker_of(row))
        else:
            fail(error)

    return fail_or_recover


def _look(rows: Any, worker_id: str, silence: timedelta | None) -> bool:
    """Beat, and recover tasks unless ``silence`` is None; return whether it worked."""
    now = timezone.now()  # a database that hangs lets all workers be silent
    try:
        _beat(rows, worker_id)
        if silence:
            recover_abandoned(rows, now - silence)
    except Exception as error:  # noqa: BLE001  # the next look may succeed
        logger.warning("The tasks could not be looked after: %s", type(error).__name__)
        return False
    finally:
        connections.close_all()  # of this thread
    return True


def _beat(rows: Any, worker_id: str) -> None:
    """Say that the worker is alive: ``started_at`` is when it last said so."""
    for row in _own(rows, worker_id):
        mine = rows.filter(pk=row.pk, status=RUNNING, started_at=row.started_at)
        mine.update(started_at=timezone.now())


def _own(rows: Any, worker_id: str) -> list[Any]:
    """Return the tasks that run, and that this worker was the last one to start."""
    return [row for row in rows.filter(status=RUNNING) if _worker_of(row) == worker_id]


def _worker_of(row: Any) -> str:
    """Return the id of the worker that started the task last."""
    return str(row.worker_ids[-1])


def _recover(rows: Any, row: Any) -> None:
    """Put the task back, or let it fail if it was started often enough.

    By one statement, which changes no row if it is not as it was read.
    """
    unchanged = rows.filter(pk=row.pk, status=RUNNING, started_at=row.started_at)
    if len(row.worker_ids) < STARTS:
        if unchanged.update(status=READY):
            logger.warning("It was broken off, so this task runs again: %s", _of(row))
        return
    failed = unchanged.update(
        status=FAILED,
        finished_at=timezone.now(),
        exception_class_path=dotted(AbandonedTaskError),
    )
    if failed:
        logger.error("Given up, as it ended %d workers: %s", STARTS, _of(row))


def _of(row: Any) -> str:
    """Return what to log of a task: no argument, for it may be a secret."""
    return f"{row.task_path} {row.pk}"
