"""E015 and W004: the queue that sends mails."""

from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from starterkit_core.checks.messages import error, warning
from starterkit_core.services.mail import deliver
from starterkit_core.services.tasks import runs_at_once


def check_queue(**kwargs: Any) -> list[CheckMessage]:
    """Find a project that cannot send mails, or that sends them without a worker."""
    try:
        without_a_worker = runs_at_once(deliver)
    except ImproperlyConfigured as reason:
        text = f"No mail can be queued: {reason}"
        return [error("starterkit_core.E015", text, "Complete TASKS['default'].")]
    if not without_a_worker:
        return []
    text = (
        "Mails are sent by the processes that answer requests, as the backend in TASKS "
        "is the immediate one or no tasks library is installed: mails that wait are "
        "lost when such a process is killed."
    )
    hint = (
        "Set TASKS['default'] to a backend with a worker. Django 5.2 has no tasks: "
        "install starterkit-core[tasks] first."
    )
    return [warning("starterkit_core.W004", text, hint)]
