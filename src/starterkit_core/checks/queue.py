"""E015 and W004: the queue that sends mails."""

from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from starterkit_core.checks.messages import error, warning
from starterkit_core.services.mail import deliver
from starterkit_core.services.tasks import runs_at_once


def check_queue(**kwargs: Any) -> list[CheckMessage]:
    """Find a project that cannot send mails, or that sends them within the request."""
    try:
        within_the_request = runs_at_once(deliver)
    except ImproperlyConfigured as reason:
        text = f"No mail can be queued: {reason}"
        return [error("starterkit_core.E015", text, "Complete TASKS['default'].")]
    if not within_the_request:
        return []
    text = (
        "Mails are sent within the request, as the backend in TASKS is the immediate "
        "one or no tasks library is installed, so requests for addresses that have an "
        "account take longer."
    )
    hint = (
        "Set TASKS['default'] to a backend with a worker. Django 5.2 has no tasks: "
        "install starterkit-core[tasks] first."
    )
    return [warning("starterkit_core.W004", text, hint)]
