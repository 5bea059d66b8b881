"""Work that happens outside the request, on whatever queue the project has.

Django 6.0 and later have ``django.tasks``; on 5.2 the ``django-tasks`` package is used
when it is installed. Without either, a task runs at once after the commit.
"""

import json
import logging
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, ParamSpec, Protocol, cast

from django.db import transaction
from django.utils.functional import SimpleLazyObject

P = ParamSpec("P")

logger = logging.getLogger("starterkit.tasks")

LIBRARIES = ("django.tasks", "django_tasks")
"""Where tasks may come from; the first one that is installed is used."""


class Task(Protocol[P]):
    """What a function with ``@task`` has become, or one with Django's own."""

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> object:
        """Put a call on the queue; the arguments must be JSON."""


def task(function: Callable[P, None]) -> Task[P]:
    """Make a module's function a task.

    Django asks the backend from the settings when it makes a task, and a library must
    not read settings while it is imported. So it is made at first use; until then and
    after, it passes for a task of Django's, which is what a worker looks for.
    """
    return cast("Task[P]", SimpleLazyObject(partial(_made, function)))


def enqueue_after_commit(task: Task[P], *args: P.args, **kwargs: P.kwargs) -> None:
    """Put a call on the queue once the transaction is committed, or now without one.

    It is the transaction of the default database. Neither a queue that is down nor, on
    a queue that runs tasks at once, a task that fails reaches the caller: both are
    logged.
    """
    transaction.on_commit(lambda: _enqueue(task, *args, **kwargs), robust=True)


def runs_at_once(task: Task[...]) -> bool:
    """Say whether it runs while whoever puts it on the queue waits, for lack of one."""
    made: Any = task
    if isinstance(made, _AtOnce):
        return True
    immediate = import_module(f"{_library()}.backends.immediate")
    return isinstance(made.get_backend(), immediate.ImmediateBackend)


def _enqueue(task: Task[P], *args: P.args, **kwargs: P.kwargs) -> None:
    try:
        task.enqueue(*args, **kwargs)
    except Exception:
        # A record that got the task itself would make it, which may be what failed.
        logger.exception("This task could not be queued, or failed: %s", repr(task))


def _made(function: Callable[P, None]) -> Any:
    """Return ``function`` as a task of the library that is installed."""
    library = _library()
    return import_module(library).task(function) if library else _AtOnce(function)


def _library() -> str:
    return next(filter(find_spec, LIBRARIES), "")


class _AtOnce(Generic[P]):
    """A task without a queue."""

    def __init__(self, func: Callable[P, None]) -> None:
        self.func = func

    def __repr__(self) -> str:
        return f"{self.func.__module__}.{self.func.__qualname__}"

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call the function with what a queue would have made of the arguments."""
        args_then, kwargs_then = json.loads(json.dumps([args, kwargs]))
        self.func(*args_then, **kwargs_then)
