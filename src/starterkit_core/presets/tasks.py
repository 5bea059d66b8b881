"""``TASKS``, and what its queue needs."""

from typing import Any, Literal

Queue = Literal["database", "rq"]

_BACKENDS = {
    "database": "django_tasks_db.DatabaseBackend",
    "rq": "django_tasks_rq.RQBackend",
}
_APPS = {"database": ["django_tasks_db"], "rq": ["django_tasks", "django_rq"]}

RQ = {
    "JOB_CLASS": "django_tasks_rq.Job",
    "WORKER_CLASS": "starterkit_core.services.redis_worker.Worker",
}
"""The setting ``RQ``: jobs of a worker that was killed run once more."""


def tasks(queue: Queue) -> dict[str, Any]:
    """Return ``TASKS``: tasks wait in a table, or in Redis, for a worker."""
    return {"default": {"BACKEND": _BACKENDS[queue]}}


def tasks_apps(queue: Queue, *, django: tuple[Any, ...] = (6, 0)) -> list[str]:
    """Return what ``INSTALLED_APPS`` needs besides; pass ``django.VERSION``.

    Django 5.2 has no tasks of its own.
    """
    backport = ["django_tasks"] if django < (6, 0) else []
    return list(dict.fromkeys([*backport, *_APPS[queue]]))


def rq_queue(redis_url: str) -> dict[str, Any]:
    """Return an entry of ``RQ_QUEUES``: Redis, given up after a second at most.

    A worker waits longer for a job. One that works for more than a minute has failed.
    """
    return {
        "URL": redis_url,
        "DEFAULT_TIMEOUT": 60,
        "REDIS_CLIENT_KWARGS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
