"""W004: nobody but the request is there to send mails."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import warning
from starterkit_core.services.mail import deliver
from starterkit_core.services.tasks import runs_at_once


def check_queue(**kwargs: Any) -> list[CheckMessage]:
    """Find a project whose answers take as long as its mail server does."""
    if not runs_at_once(deliver):
        return []
    text = (
        "Mails are sent within the request, as the backend in TASKS is the immediate "
        "one, so answers take longer for addresses that have an account."
    )
    hint = "Let TASKS['default'] name a backend that has a worker."
    return [warning("starterkit_core.W004", text, hint)]
