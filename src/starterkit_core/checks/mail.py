"""W013: mails that reach no user."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import warning
from starterkit_core.conf import SMTP_BACKEND, mail_backend
from starterkit_core.modules import load_all_use_cases
from starterkit_core.services.mail import Mail

CONSOLE = "django.core.mail.backends.console.EmailBackend"
DJANGO = "django.core.mail.backends."


def check_mail_server(**kwargs: Any) -> list[CheckMessage]:
    """Find a project that sends mails and has not said by which server."""
    load_all_use_cases()
    if mail_backend() or not Mail.__subclasses__():
        return []
    text = (
        "Mails are sent, and no mail server is set: Django tries port 25 of this "
        "machine."
    )
    hint = (
        f"For development, let EMAIL_BACKEND or MAILERS['default'] be {CONSOLE!r}; "
        "otherwise set EMAIL_HOST, or the option 'host'."
    )
    return [warning("starterkit_core.W013", text, hint)]


def check_mails_leave(**kwargs: Any) -> list[CheckMessage]:
    """Find one of Django's backends for development before a deployment."""
    load_all_use_cases()
    backend = mail_backend()
    is_for_development = backend.startswith(DJANGO) and backend != SMTP_BACKEND
    if not is_for_development or not Mail.__subclasses__():
        return []
    text = f"Mails go to {backend}, which is for development: no user gets them."
    hint = "Name the backend of your mail server, such as Django's for SMTP."
    return [warning("starterkit_core.W013", text, hint)]
