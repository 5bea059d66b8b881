"""One try to send a mail, and whether another one may follow when it fails.

A mail is delivered at most twice: when a connection breaks after the mail was handed
to the server, the server may have accepted it. Such a failure is followed by one more
try at most; one that surely delivered nothing, by as many as there are ``DELAYS``.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import django
from django.core import mail
from django.core.mail import EmailMessage

LOCAL = frozenset(
    f"django.core.mail.backends.{name}"
    for name in ("console", "dummy", "filebased", "locmem")
)
"""Modules of the backends that wait for no server; few projects import all of them."""

SMTP = "django.core.mail.backends.smtp"

DELAYS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""How long after each try that failed the next one comes."""

PERMANENT = 500
"""The lowest code by which a mail server refuses a mail for good."""


class NotSentError(Exception):
    """A try to send a mail failed; ``__cause__`` says why."""

    def __init__(
        self, *args: str, delivered_maybe: bool = False, for_good: bool = False
    ) -> None:
        super().__init__(*args)
        self.delivered_maybe = delivered_maybe
        self.for_good = for_good


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How often sending a mail has failed."""

    failed: int = 0
    unclear: int = 0
    """How many of these may have delivered the mail all the same."""

    def after(self, failure: NotSentError) -> "Tries | None":
        """Return the count with ``failure``, or None if no try may follow it."""
        unclear = self.unclear + failure.delivered_maybe
        is_last = failure.for_good or unclear > 1 or self.failed == len(DELAYS)
        return None if is_last else Tries(failed=self.failed + 1, unclear=unclear)

    @property
    def delay(self) -> timedelta:
        """How long to wait before the next try."""
        return DELAYS[self.failed - 1]


def connection() -> Any:
    """Return the project's mail backend; it connects when a mail is sent."""
    if django.VERSION >= (6, 1):
        return mail.mailers.default  # type: ignore[attr-defined,unused-ignore]  # the stubs' Django has none
    return mail.get_connection(fail_silently=False)


def waits_for_a_server(backend: Any) -> bool:
    """Return whether sending by ``backend`` may take long."""
    return LOCAL.isdisjoint(_modules_of(backend))


def has_no_timeout(backend: Any) -> bool:
    """Return whether ``backend`` waits without an end for a server that says no word.

    Only Django's SMTP backend and its subclasses are known.
    """
    return SMTP in _modules_of(backend) and not backend.timeout


def send_now(message: EmailMessage) -> None:
    """Send ``message``, and wait for the mail server; a traceback ends here."""
    try:
        message.send()
    except Exception as failure:  # noqa: BLE001  # a backend may raise anything
        raise _without_frames(failure) from None


def not_sent(reason: Exception) -> NotSentError:
    """Return what to say of a mail that was not handed to a backend."""
    failure = NotSentError()
    failure.__cause__ = _without_frames(reason)
    return failure


def _modules_of(backend: Any) -> set[str]:
    """Return where its class and those it builds on are defined."""
    return {cls.__module__ for cls in type(backend).__mro__}


def try_to_send(message: EmailMessage, backend: Any) -> None:
    """Send ``message`` by ``backend``.

    Raises:
        NotSentError: it was not sent, or may not have been.
    """
    try:
        _open(backend)
        backend.send_messages([message])
    except NotSentError:
        raise
    except Exception as failure:  # noqa: BLE001  # a backend may raise anything
        raise _meaning(failure) from _without_frames(failure)
    finally:  # also a connection that was not fully opened: the next try needs its own
        with suppress(Exception):  # the mail is sent, or its failure is known
            backend.close()


def _open(backend: Any) -> None:
    try:
        backend.open()
    except Exception as failure:
        raise not_sent(failure) from failure


def _without_frames(failure: Exception) -> Exception:
    """Return ``failure`` without its tracebacks.

    In the frames of a mail backend are the codes and links of the mail, for every error
    reporter to see.
    """
    failure.__cause__ = None  # nor those of what it followed
    return failure.with_traceback(None)


def _meaning(failure: Exception) -> NotSentError:
    """Return what a failure says that came after the connection was open."""
    if isinstance(failure, SMTPRecipientsRefused):
        codes = [code for code, _ in failure.recipients.values()]
    elif isinstance(failure, SMTPResponseException):
        codes = [failure.smtp_code]
    else:
        return NotSentError(delivered_maybe=True)
    return NotSentError(for_good=min(codes) >= PERMANENT)
