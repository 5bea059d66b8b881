"""UUIDs that sort by creation time, version 7: RFC 9562, section 5.7."""

import os
import sys
import time
from datetime import datetime
from threading import Lock
from uuid import UUID

if sys.version_info >= (3, 14):
    from uuid import uuid7 as _next
else:
    _VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
    _COUNTER_BITS = 42

    class _Clock:
        """The last millisecond used, and a counter within it (section 6.2, method 1).

        The counter starts at a random number in its lower half, so it is hard to guess
        and does not overflow soon. When it overflows, or when the clock is set back,
        the millisecond in the UUIDs runs ahead of the clock.
        """

        def __init__(self) -> None:
            self.lock = Lock()
            self.millisecond = 0
            self.counter = 0

        def next(self) -> tuple[int, int]:
            """Return a millisecond and a counter that are greater than the last."""
            with self.lock:
                now = time.time_ns() // 1_000_000
                self.counter += 1
                if now > self.millisecond or self.counter >> _COUNTER_BITS:
                    self.millisecond = max(now, self.millisecond + 1)
                    self.counter = int.from_bytes(os.urandom(6)) >> 7
                return self.millisecond, self.counter

    _clock = _Clock()
    if hasattr(os, "register_at_fork"):
        # A forked child must not inherit a lock that a thread of its parent holds, nor
        # continue its parent's counter.
        os.register_at_fork(after_in_child=_clock.__init__)  # type: ignore[misc]  # on purpose

    def _next() -> UUID:
        millisecond, counter = _clock.next()
        bits = (millisecond & 0xFFFF_FFFF_FFFF) << 80
        bits |= (counter >> 30) << 64  # 12 bits, between version and variant
        bits |= (counter & 0x3FFF_FFFF) << 32  # 30 bits, behind the variant
        bits |= int.from_bytes(os.urandom(4))
        return UUID(int=bits | _VERSION_AND_VARIANT)


def uuid7() -> UUID:
    """Return a new UUID, greater than every one this thread created before.

    It contains its creation time and fewer random bits than version 4: do not use it
    for secrets or unguessable ids. Python 3.14 has its own; this wrapper gives the
    migrations of every Python version the same name to refer to.
    """
    return _next()


def first_id_at(moment: datetime) -> UUID:
    """Return the lowest id that a row can get at ``moment`` (RFC 9562, section 5.7).

    Before 1970 that is the lowest of all, and after the year 10889 the highest.
    """
    milliseconds = min(max(int(moment.timestamp() * 1000), 0), (1 << 48) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62)
