"""E015, W004 and W055: the queue that sends mails."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from starterkit_core.checks.messages import error, warning
from starterkit_core.services.mail import deliver
from starterkit_core.services.redis_queue import has_fragile_workers
from starterkit_core.services.tasks import backend_named, runs_at_once


def check_queue(**kwargs: Any) -> list[CheckMessage]:
    """Find a project that cannot send mails, or that sends them without a worker."""
    try:
        without_a_worker = runs_at_once(deliver)
    except ImproperlyConfigured as reason:
        text = f"No mail can be queued: {reason}"
        return [error("starterkit_core.E015", text, "Complete TASKS['default'].")]
    return [*(_no_worker() if without_a_worker else _jobs_of_killed_workers())]


def _jobs_of_killed_workers() -> Iterator[CheckMessage]:
    if not has_fragile_workers(backend_named("default")):
        return
    text = "If a worker of RQ is killed, the job that it runs fails: its mail is lost."
    hint = "Set RQ = presets.RQ, or its WORKER_CLASS to a subclass of our Worker."
    yield warning("starterkit_core.W055", text, hint)


def _no_worker() -> Iterator[CheckMessage]:
    text = (
        "Mails are sent by the processes that answer requests, as the backend in TASKS "
        "is the immediate one or no tasks library is installed: mails that wait are "
        "lost when such a process is killed."
    )
    hint = (
        "Set TASKS['default'] to a backend with a worker. Django 5.2 has no tasks: "
        "install starterkit-core[tasks] first."
    )
    yield warning("starterkit_core.W004", text, hint)
