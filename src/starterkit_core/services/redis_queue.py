"""The queue of django-tasks-rq: jobs of RQ, in Redis.

Only this file and ``redis_worker`` know the library. Requests need this one, which does
not import it: it takes a quarter of a second.
"""

from datetime import datetime
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string


def is_queue_of(backend: Any) -> bool:
    """Return whether the task backend is that of django-tasks-rq."""
    return apps.is_installed("django_rq") and isinstance(
        backend, import_string("django_tasks_rq.RQBackend")
    )


def has_fragile_workers(backend: Any) -> bool:
    """Return whether ``manage.py rqworker`` starts workers of another class than ours.

    False for other queues.
    """
    if not is_queue_of(backend):
        return False
    ours = import_string("starterkit_core.services.redis_worker.Worker")
    return not issubclass(import_string("django_rq.workers.get_worker_class")(), ours)


def oldest_waiting(backend: Any) -> datetime | None:
    """Return since when the job waits that waits the longest; None for other queues."""
    if not is_queue_of(backend):
        return None
    get_queue = import_module("django_rq").get_queue
    first = [job for name in backend.queues for job in get_queue(name).get_jobs(0, 1)]
    return min((job.enqueued_at for job in first if job.enqueued_at), default=None)
