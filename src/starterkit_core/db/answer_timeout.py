"""Gives up a connection to PostgreSQL whose server does not answer any more.

The server itself ends a statement at ``statement_timeout``. If the server hangs, it
does not, and libpq waits for ever on a connection that is open. ``ANSWER_TIMEOUT`` in
an entry of ``DATABASES`` is the longest wait in seconds. After it the connection is
closed, and the statement has failed with an ``OperationalError``.

Needs psycopg 3. The clients of MySQL have a ``read_timeout`` of their own.
"""

from collections.abc import Callable, Generator
from time import monotonic
from typing import Any

_ACTIVE = 1
"""``PQTRANS_ACTIVE`` of libpq: a statement has been sent."""


def limit_waiting(*, connection: Any, **kwargs: Any) -> None:
    """Receive ``connection_created``: each wait for an answer ends in time."""
    seconds = connection.settings_dict.get("ANSWER_TIMEOUT")
    raw = connection.connection
    if seconds and hasattr(raw, "pgconn") and hasattr(raw, "wait"):
        raw.wait = _waiting_until(seconds, raw, connection.Database.OperationalError)


def _waiting_until(
    seconds: float, raw: Any, error: type[Exception]
) -> Callable[..., Any]:
    """Return ``wait()`` of the connection ``raw``, with an end."""

    def give_up() -> None:
        raw.pgconn.finish()
        raise error(f"The database has not answered for {seconds} seconds.")

    def wait(work: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        deadline = monotonic() + seconds

        def is_late() -> bool:
            return monotonic() > deadline and _is_at_work(raw)

        return type(raw).wait(raw, _steps(work, is_late, give_up), *args, **kwargs)

    return wait


def _steps(
    work: Generator[Any, Any, Any],
    is_late: Callable[[], bool],
    give_up: Callable[[], None],
) -> Generator[Any, Any, Any]:
    """Do ``work`` and return what it returns; ``give_up`` if it is late.

    At each step psycopg sends what is ready; 0 several times a second while it waits.
    """
    try:
        wanted = next(work)
        while True:
            ready = yield wanted
            if not ready and is_late():
                give_up()
            wanted = work.send(ready)
    except StopIteration as done:
        return done.value


def _is_at_work(raw: Any) -> bool:
    """Return whether the server owes an answer; a connection that listens has time."""
    return bool(raw.pgconn.transaction_status == _ACTIVE)
