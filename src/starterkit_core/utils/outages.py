"""What to log of a failure that repeats: a line each time, the traceback once a minute.

While the database is down, every request fails the same way.
"""

from time import monotonic

QUIET = 60.0
"""Seconds without another traceback of the same kind of failure, in this process."""

LONGEST = 200
"""Most characters of a message to log."""

_logged: dict[type[BaseException], float] = {}


def is_new(error: BaseException) -> bool:
    """Return whether no failure with the same cause was asked about for a minute."""
    kind, now = type(cause_of(error)), monotonic()
    last = _logged.get(kind)
    if last is not None and now - last < QUIET:
        return False
    _logged[kind] = now
    return True


def forget() -> None:
    """Let each kind of failure be new again, such as for the next test."""
    _logged.clear()


def cause_of(error: BaseException) -> BaseException:
    """Return the first of the exceptions of which ``error`` is the last."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def summary_of(error: BaseException) -> str:
    """Return the type and the first line of the cause of ``error``."""
    cause = cause_of(error)
    line = next(iter(str(cause).splitlines()), "")[:LONGEST]
    return f"{type(cause).__name__}: {line}" if line else type(cause).__name__
