"""UUIDs that sort by the time they were made: RFC 9562, section 5.7."""

import os
import sys
import time
from threading import Lock
from uuid import UUID

if sys.version_info >= (3, 14):
    from uuid import uuid7 as _next
else:
    _VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
    _COUNTER_BITS = 42

    class _Clock:
        """The last millisecond used, and a counter within it (section 6.2, method 1).

        The counter starts at random in its lower half, so that it neither can be
        guessed nor soon runs over. When it does, or when the clock is set back,
        the millisecond of the UUIDs goes ahead of the clock instead.
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
        # A child must neither inherit a lock that a thread of its parent held, nor
        # go on with its parent's counter.
        os.register_at_fork(after_in_child=_clock.__init__)  # type: ignore[misc]  # on purpose

    def _next() -> UUID:
        millisecond, counter = _clock.next()
        bits = (millisecond & 0xFFFF_FFFF_FFFF) << 80
        bits |= (counter >> 30) << 64  # 12 bits, between version and variant
        bits |= (counter & 0x3FFF_FFFF) << 32  # 30 bits, behind the variant
        bits |= int.from_bytes(os.urandom(4))
        return UUID(int=bits | _VERSION_AND_VARIANT)


def uuid7() -> UUID:
    """Return a new UUID, greater than every one this thread made before.

    It tells when it was made and has fewer random bits than a version 4, so a
    secret, or an id that nobody may guess, is not made with it. This function is
    ours on every Python, so that a migration written on 3.14 names the same one.
    """
    return _next()
