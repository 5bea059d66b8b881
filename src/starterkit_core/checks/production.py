"""Whether the process that is checked may serve users."""

from django.core import mail

from starterkit_core.conf import debugging


def is_live() -> bool:
    """Return whether this process may serve users: no debug mode, and no tests.

    Django's test runner turns debug mode off in every project, then runs the checks.
    """
    return not debugging() and not hasattr(mail, "outbox")
