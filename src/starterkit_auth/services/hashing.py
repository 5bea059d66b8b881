"""Takes turns at hashing passwords, so that processor and threads are left for others.

A hash takes a processor core for a third of a second. ``HASHES_AT_ONCE`` threads of a
process may hash at once, and as many may wait for their turn, because a thread that
waits serves no other request. Later ones are refused, and so is one that has waited for
``LONGEST_WAIT``.

A turn belongs to its thread: inside of one, further turns are had at once. Never wait
for a turn in a transaction or with a locked row.
"""

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from starterkit_auth.conf import conf
from starterkit_core.errors import Busy
from starterkit_core.services.limits import Counted, give_back_all

logger = logging.getLogger("starterkit.auth")

LONGEST_WAIT = 2.0
"""How many seconds a thread waits for its turn at most."""

RETRY_AFTER = 2
"""``Retry-After`` in seconds when there is no turn; several hashes end until then."""

LOG_INTERVAL = 1.0
"""Seconds between two lines of the log: a flood of requests must not fill it."""


@contextmanager
def turn() -> Iterator[None]:
    """Wait until this thread may hash a password; it may until the block ends.

    Raises:
        Busy: too many threads are waiting already, or it took too long.
    """
    if _has_turn():
        yield
        return
    queue = _queue
    queue.enter(conf.HASHES_AT_ONCE)
    _thread.has_turn = True
    try:
        yield
    finally:
        _thread.has_turn = False
        queue.leave()


@contextmanager
def counted_turn(counted: Iterable[Counted]) -> Iterator[None]:
    """Have a turn, or let an attempt that was counted not count.

    Raises:
        Busy: there is no turn, so this attempt tried no password.
    """
    try:
        with turn():
            yield
    except Busy:
        give_back_all(counted)
        raise


def check_room() -> None:
    """Refuse at once if ``turn()`` would, before the request costs more.

    Raises:
        Busy: too many threads are waiting already.
    """
    if not _has_turn():
        _queue.check_room(conf.HASHES_AT_ONCE)


class _Queue:
    """The threads of this process that hash a password, or wait for their turn."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._hashing = 0
        self._waiting = 0
        self._logged_at = -LOG_INTERVAL

    def enter(self, at_once: int) -> None:
        """Wait until fewer than ``at_once`` threads hash, and be one of them.

        Raises:
            Busy: as many are waiting already, or it took too long.
        """
        with self._changed:
            if self._hashing >= at_once or self._waiting:
                self._wait(at_once)
            self._hashing += 1

    def leave(self) -> None:
        """Let the next thread hash."""
        with self._changed:
            self._hashing -= 1
            self._changed.notify()

    def check_room(self, at_once: int) -> None:
        """Refuse if ``at_once`` threads are waiting.

        Raises:
            Busy: as many are waiting.
        """
        if self._waiting >= at_once:
            self._refuse()

    def _wait(self, at_once: int) -> None:
        self.check_room(at_once)
        self._waiting += 1
        try:
            in_time = self._changed.wait_for(
                lambda: self._hashing < at_once, LONGEST_WAIT
            )
        finally:
            self._waiting -= 1
        if not in_time:
            self._refuse()

    def _refuse(self) -> NoReturn:
        now = time.monotonic()
        if now - self._logged_at >= LOG_INTERVAL:
            self._logged_at = now
            logger.warning("auth.hashing_busy: requests are answered 503")
        raise Busy(retry_after=RETRY_AFTER)


def _has_turn() -> bool:
    return getattr(_thread, "has_turn", False)


def _start_anew() -> None:
    """Forget the threads of the parent process, which this one does not have."""
    global _queue, _thread
    _queue, _thread = _Queue(), threading.local()


_queue = _Queue()
_thread = threading.local()

if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_start_anew)
