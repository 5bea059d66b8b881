"""Background tasks, on the queue that the project has.

Django 6.0 and later have ``django.tasks``; on 5.2 the ``django-tasks`` package is used
when it is installed. Without either, a task runs synchronously after the commit.
"""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, ParamSpec, Protocol, cast

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from starterkit_core.db.databases import after_commit
from starterkit_core.utils.source import dotted

P = ParamSpec("P")

logger = logging.getLogger("starterkit.tasks")

LIBRARIES = ("django.tasks", "django_tasks")
"""Packages that provide tasks; the first one that is installed is used."""


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
    """Enqueue a call after the commit, or immediately outside of a transaction.

    That is the transaction of the use case that runs, or else of the database with the
    accounts. Exceptions are logged and never reach the caller: neither of a queue that
    is down nor, on a queue that runs tasks synchronously, of a task that fails.
    """
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


def _enqueue(task: Task[P], *args: P.args, **kwargs: P.kwargs) -> None:
    try:
        task.enqueue(*args, **kwargs)
    except Exception:
        # repr(): formatting the lazy task would create it, which may be what failed.
        logger.exception("This task could not be queued, or failed: %s", repr(task))


def _create_task(function: Callable[P, None]) -> Any:
    """Return ``function`` as a task of the library that is installed."""
    if library := _library():
        return import_module(library).task(function)
    return _SynchronousTask(function)


def _library() -> str:
    return next(filter(find_spec, LIBRARIES), "")


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
