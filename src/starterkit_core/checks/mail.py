"""W013 and W030: mails that reach no user, and a mail server that may hang."""

from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from starterkit_core.checks.messages import warning
from starterkit_core.conf import SMTP_BACKEND, mail_backend
from starterkit_core.modules import load_all_use_cases
from starterkit_core.services.mail import Mail
from starterkit_core.services.mail_transport import connection, has_no_timeout

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


def check_mail_timeout(**kwargs: Any) -> list[CheckMessage]:
    """Find an SMTP backend that waits without an end for a server that hangs."""
    load_all_use_cases()
    if not mail_backend() or not Mail.__subclasses__():
        return []  # no server was chosen: W013
    try:
        hangs = has_no_timeout(connection())
    except (ImportError, ImproperlyConfigured, TypeError, ValueError):
        return []  # a backend that cannot be made says so when it sends
    if not hangs:
        return []
    text = (
        "The mail backend has no timeout: a mail server that accepts connections and "
        "says no word blocks a sender for as long as it likes."
    )
    hint = "Set EMAIL_TIMEOUT = 10, or with MAILERS the option 'timeout'; in seconds."
    return [warning("starterkit_core.W030", text, hint)]
