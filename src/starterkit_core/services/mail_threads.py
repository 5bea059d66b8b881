"""The threads that send mails where no worker does.

With the immediate task backend a mail is rendered in the thread of the request, and
handed over here to be sent: so no request waits for a mail server, and a few threads do
at most. Mails that wait are in the memory of the process. They are lost when it is
killed; when it ends, they are still sent for as long as the server takes them.
"""

import atexit
import logging
import os
from dataclasses import dataclass, field, replace
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Thread
from time import monotonic
from typing import Any

from django.core.mail import EmailMessage
from django.db import connections

from starterkit_core.observability.context import Context, current, entered
from starterkit_core.services.mail_transport import (
    NotSentError,
    Tries,
    try_to_send,
)

THREADS = 4
"""How many mails a process sends at a time."""

ROOM = 1_000
"""How many mails may wait in a process; a further one is dropped and logged."""

PATIENCE = 10.0
"""How many seconds a process that ends waits for the mail server to take a mail."""

logger = logging.getLogger("starterkit.tasks")

_numbers = count()


@dataclass(frozen=True, order=True, slots=True, kw_only=True)
class Letter:
    """A mail that waits, sorted by the time of its next try."""

    due: float
    """When to try, by the clock of ``monotonic()``."""

    number: int
    """Its place among the mails that are due at the same time."""

    message: EmailMessage = field(compare=False)
    backend: Any = field(compare=False)
    kind: str = field(compare=False)
    """The dotted path of its class, for the log."""

    context: Context = field(compare=False)
    """The ids of the request that sent it, for the log."""

    tries: Tries = field(compare=False, default_factory=Tries)


class MailThreads:
    """A queue of mails and the daemon threads that send them, started when needed."""

    def __init__(self, *, threads: int = THREADS, room: int = ROOM) -> None:
        self.threads = threads
        self.room = room
        self.start_anew()

    def start_anew(self) -> None:
        """Forget all mails and threads, as after a fork, which copies no threads."""
        self._changed = Condition()
        self._waiting: list[Letter] = []
        self._started = 0
        self._sending = 0
        self._moved_at = monotonic()

    def hand_over(self, message: EmailMessage, backend: Any, kind: str) -> None:
        """Let a thread send ``message``; drop and log it if too many mails wait."""
        letter = Letter(
            due=monotonic(),
            number=next(_numbers),
            message=message,
            backend=backend,
            kind=kind,
            context=current().without_request(),
        )
        with self._changed:
            has_room = len(self._waiting) < self.room
            if has_room:
                self._start_thread()
                self._put(letter)
        if not has_room:
            logger.error("This mail is dropped, as %d mails wait: %s", self.room, kind)

    def forget(self) -> None:
        """Drop the mails that wait, such as those of another test.

        One that is being sent is not tried again.
        """
        with self._changed:
            self._waiting = []

    def finish(self, patience: float = PATIENCE) -> int:
        """Wait until each mail was tried; return how many were not sent.

        Give up when no try has ended for ``patience`` seconds. Mails whose next try is
        to come later are not waited for.
        """
        with self._changed:
            self._moved_at = monotonic()
            while self._has_work() and (left := self._patience_left(patience)) > 0:
                self._changed.wait(left)
            return len(self._waiting) + self._sending

    def _start_thread(self) -> None:
        if self._started < self.threads:
            Thread(target=self._work, name="starterkit-mail", daemon=True).start()
            self._started += 1

    def _put(self, letter: Letter) -> None:
        heappush(self._waiting, letter)
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            letter, waiting = self._take()
            later, ends = None, True  # as if by an error in a log filter of the project
            try:
                with entered(letter.context):
                    later, ends = _send(letter), False
            finally:
                with self._changed:
                    self._sending -= 1
                    self._started -= ends
                    self._moved_at = monotonic()
                    if later and waiting is self._waiting:  # and not forgotten
                        heappush(self._waiting, later)
                    self._changed.notify_all()

    def _take(self) -> tuple[Letter, list[Letter]]:
        """Wait for the next mail that is due; return it and the list it was in."""
        with self._changed:
            while not self._has_due():
                self._changed.wait(self._seconds_to_the_next())
            self._sending += 1
            return heappop(self._waiting), self._waiting

    def _has_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0].due <= monotonic()

    def _has_work(self) -> bool:
        return self._has_due() or self._sending > 0

    def _seconds_to_the_next(self) -> float | None:
        return max(0, self._waiting[0].due - monotonic()) if self._waiting else None

    def _patience_left(self, patience: float) -> float:
        return self._moved_at + patience - monotonic()


mail_threads = MailThreads()
"""Those of this process."""


def failed_once_more(kind: str, tries: Tries, failure: NotSentError) -> None:
    """Log a failure that is followed by another try: a line, and no traceback."""
    logger.warning(
        "Mail not sent, next try in %d seconds: %s (%s)",
        tries.delay / timedelta(seconds=1),
        kind,
        type(failure.__cause__).__name__,  # its text may have the address
    )


def failed_for_good(kind: str, failure: NotSentError) -> None:
    """Log the failure of the last try."""
    logger.error("Mail not sent, given up: %s", kind, exc_info=failure.__cause__)


def _send(letter: Letter) -> Letter | None:
    """Send the mail; return it with the time of its next try if there is to be one."""
    try:
        try_to_send(letter.message, letter.backend)
    except NotSentError as failure:
        return _after(letter, failure)
    finally:
        connections.close_all()  # of this thread: a backend may store mails
    return None


def _after(letter: Letter, failure: NotSentError) -> Letter | None:
    tries = letter.tries.after(failure)
    if tries is None:
        failed_for_good(letter.kind, failure)
        return None
    failed_once_more(letter.kind, tries, failure)
    due = monotonic() + tries.delay / timedelta(seconds=1)
    return replace(letter, due=due, tries=tries)


def _finish() -> None:
    """Send what waits when the process ends."""
    if lost := mail_threads.finish():
        logger.error("The process ends, and %d mails are not sent.", lost)


atexit.register(_finish)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=mail_threads.start_anew)
