"""Background tasks, on the queue that the project has.

Django 6.0 and later have ``django.tasks``; on 5.2 the ``django-tasks`` package is used
when it is installed. Without either, a task runs synchronously after the commit.

A task takes the ids of the request that starts it along, as one more argument, for the
log lines and audit events of the worker; and its language and time zone, if they are
not the project's own.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache, partial, wraps
from importlib import import_module
from importlib.util import find_spec
from inspect import iscoroutinefunction
from typing import Any, Generic, ParamSpec, Protocol, cast

from django.apps import apps
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from starterkit_core.db.databases import after_commit, open_transaction
from starterkit_core.observability.context import (
    current,
    entered,
    from_payload,
    note_on,
)
from starterkit_core.observability.otel import current_trace
from starterkit_core.services import database_queue, redis_queue
from starterkit_core.utils import locales
from starterkit_core.utils.source import dotted

P = ParamSpec("P")

logger = logging.getLogger("starterkit.tasks")

LIBRARIES = ("django.tasks", "django_tasks")
"""Packages that provide tasks; the first one that is installed is used."""

CONTEXT = "starterkit_context"
"""The keyword argument with what is known of the request; a task runs without, too."""


class Task(Protocol[P]):
    """A function decorated with our ``@task`` or with Django's own."""

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> object:
        """Enqueue a call; the arguments must be JSON-serializable."""


def task(function: Callable[P, None]) -> Task[P]:
    """Turn a function into a task, lazily.

    Django reads the backend from the settings when it creates a task, and a library
    must not read settings at import. So the task is created at first use. The lazy
    object passes ``isinstance()`` as Django's task, which is what a worker checks.
    """
    return cast("Task[P]", SimpleLazyObject(partial(_create_task, function)))


def enqueue_after_commit(task: Task[P], *args: P.args, **kwargs: P.kwargs) -> None:
    """Let a call run after the commit, or immediately outside of a transaction.

    That is the transaction of the use case that runs, or else of the database with the
    accounts. If the queue is a table of that database, the call is saved with all else:
    a process that is killed after the commit loses no task, and a task that cannot be
    saved undoes the transaction.

    Any other queue is told after the commit. Then exceptions are logged and never reach
    the caller: neither of a queue that is down nor, on a queue that runs tasks
    synchronously, of a task that fails.

    Raises:
        DatabaseError: the call could not be saved; the transaction is lost with it.
    """
    database = open_transaction()
    if database and database == _database_of_queue(task):
        task.enqueue(*args, **kwargs)
    else:
        after_commit(lambda: _enqueue(task, *args, **kwargs))


def runs_at_once(task: Task[...]) -> bool:
    """Return whether ``enqueue()`` runs the task synchronously."""
    created: Any = task
    if isinstance(created, _SynchronousTask):
        return True
    immediate = import_module(f"{_library()}.backends.immediate")
    return isinstance(created.get_backend(), immediate.ImmediateBackend)


def can_defer(task: Task[...]) -> bool:
    """Return whether the project's queue can run a task at a later time."""
    created: Any = task
    if isinstance(created, _SynchronousTask):
        return False
    return bool(created.get_backend().supports_defer)


def enqueue_deferred(
    task: Task[P], delay: timedelta, *args: P.args, **kwargs: P.kwargs
) -> None:
    """Enqueue a call that runs after ``delay``; only if the queue ``can_defer()``."""
    created: Any = task
    created.using(run_after=timezone.now() + delay).enqueue(*args, **kwargs)


def oldest_waiting() -> datetime | None:
    """Return since when the task has been due that waits the longest for a worker.

    None if no task waits, or if the queue cannot tell: the ones of django-tasks-db and
    of django-tasks-rq can.

    Raises:
        DatabaseError: of a queue in a database that is down.
        redis.RedisError: of a queue in a Redis that is down.
    """
    backend = backend_named("default")
    rows = database_queue.rows_in(backend)
    if rows is not None:
        return database_queue.oldest_waiting(rows)
    return redis_queue.oldest_waiting(backend)


def backend_named(alias: str) -> Any:
    """Return the backend of ``TASKS[alias]``, or None without a tasks library."""
    library = _library()
    return import_module(library).task_backends[alias] if library else None


def _database_of_queue(task: Task[...]) -> str | None:
    """Return the alias of the database that the task is saved in, if it is in one."""
    created: Any = task
    if not apps.is_installed("django_tasks_db") or isinstance(
        created, _SynchronousTask
    ):
        return None
    rows = database_queue.rows_in(created.get_backend())
    return None if rows is None else str(rows.db)


def _enqueue(task: Task[P], *args: P.args, **kwargs: P.kwargs) -> None:
    try:
        task.enqueue(*args, **kwargs)
    except Exception:
        # repr(): formatting the lazy task would create it, which may be what failed.
        logger.exception("This task could not be queued, or failed: %s", repr(task))


def _create_task(function: Callable[P, None]) -> Any:
    """Return ``function`` as a task of the library that is installed."""
    if not (library := _library()):
        return _SynchronousTask(function)
    created = import_module(library).task(_within_its_context(function))
    values = {field.name: getattr(created, field.name) for field in fields(created)}
    task_class: Any = type(created)
    return _with_context(task_class)(**values)


def _library() -> str:
    return next(filter(find_spec, LIBRARIES), "")


@cache
def _with_context(task_class: Any) -> Any:
    """Return a subclass of the class of the backend's tasks that adds the context."""

    class TaskWithContext(task_class):  # type: ignore[misc]  # known only when it runs
        def enqueue(self, *args: Any, **kwargs: Any) -> Any:
            return super().enqueue(*args, **(_payload() | kwargs))

        async def aenqueue(self, *args: Any, **kwargs: Any) -> Any:
            return await super().aenqueue(*args, **(_payload() | kwargs))

    TaskWithContext.__qualname__ = task_class.__qualname__  # for the log
    return TaskWithContext


def _payload() -> dict[str, Any]:
    context, cause = current(), current_trace()
    known = context.request_id or cause
    payload = context.as_payload(cause) if known else {}
    payload |= locales.as_payload()
    return {CONTEXT: payload} if payload else {}


def _within_its_context(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function`` such that it runs in the context that it is enqueued with."""

    def run(*args: Any, starterkit_context: Any = None, **kwargs: Any) -> Any:
        with _restored(starterkit_context):
            return function(*args, **kwargs)

    async def arun(*args: Any, starterkit_context: Any = None, **kwargs: Any) -> Any:
        with _restored(starterkit_context):
            return await function(*args, **kwargs)

    return wraps(function)(arun if iscoroutinefunction(function) else run)


@contextmanager
def _restored(payload: Mapping[str, Any] | None) -> Iterator[None]:
    """Enter the context of ``payload``; an older release has enqueued None."""
    context = current() if payload is None else from_payload(payload)
    with entered(context), locales.speaking_as(payload or {}):
        try:
            yield
        except Exception as error:
            note_on(error)  # the worker logs it, outside of this context
            raise


class _SynchronousTask(Generic[P]):
    """A task without a queue."""

    def __init__(self, func: Callable[P, None]) -> None:
        self.func = func

    def __repr__(self) -> str:
        return dotted(self.func)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call the function with the arguments after a JSON round trip, as a queue."""
        json_args, json_kwargs = json.loads(json.dumps([args, kwargs]))
        self.func(*json_args, **json_kwargs)
