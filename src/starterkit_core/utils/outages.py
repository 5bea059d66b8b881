"""What to tell of a failure that repeats: a line each time, more once a minute.

While the database is down, every request fails the same way.
"""

from time import monotonic

from django.db import InterfaceError, OperationalError

DATABASE_DOWN = (InterfaceError, OperationalError)
"""What Django raises while a database is down, hangs, or breaks off a connection."""

QUIET = 60.0
"""Seconds without another traceback of the same kind of failure, in this process."""

LONGEST = 200
"""Most characters of a message to log."""

_told: dict[tuple[str, type[BaseException]], float] = {}


def is_new(error: BaseException, listener: str = "log") -> bool:
    """Return whether this is the first such failure in a minute for ``listener``.

    Failures whose causes have the same type are the same. True counts as told.
    """
    key, now = (listener, type(cause_of(error))), monotonic()
    last = _told.get(key)
    if last is not None and now - last < QUIET:
        return False
    _told[key] = now
    return True


def forget() -> None:
    """Let each kind of failure be new again, such as for the next test."""
    _told.clear()


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
