"""``DATABASES``."""

from collections.abc import Mapping
from typing import Any

CONNECT_SECONDS = 2
"""The wait for a connection to the database; libpq knows no shorter one."""

LOCK_SECONDS = 2
"""The wait of a statement for rows that another transaction has locked."""

STATEMENT_SECONDS = 5
"""How long a statement may take, unless the project says otherwise."""

POOL_SIZE = 16
"""Most connections of one process, unless the project says otherwise."""


def database(
    entry: Mapping[str, Any],
    *,
    statement_seconds: int = STATEMENT_SECONDS,
    pool: bool | Mapping[str, Any] = False,
) -> dict[str, Any]:
    """Return an entry of ``DATABASES`` with timeouts, and connections that are kept.

    For PostgreSQL and for MySQL or MariaDB; another entry is returned as it is. What
    ``entry`` says itself stays. ``statement_seconds=0`` is for processes that work for
    long, such as ``migrate``: statements may take any time.

    Each thread keeps its own connection. ``pool`` lets the threads of a process share
    some instead (PostgreSQL, with ``psycopg[pool]``): for ASGI, where each request has
    a thread of its own, and for more threads than connections. It may be a dict with
    options of psycopg_pool, such as ``{"max_size": 4}``.
    """
    add_to = _TIMEOUTS.get(str(entry["ENGINE"]).rpartition(".")[2])
    if add_to is None:
        return dict(entry)
    given = entry.get("OPTIONS", {})
    if pool and add_to is _postgresql:
        chosen = pool if isinstance(pool, Mapping) else {}
        given = {"pool": {**POOL, **chosen}, **given}
    ours = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if given.get("pool"):  # it keeps them; Django refuses both
        ours["CONN_MAX_AGE"] = 0
    if statement_seconds:
        ours["ANSWER_TIMEOUT"] = statement_seconds + 1
    return {**ours, **entry, "OPTIONS": add_to(given, statement_seconds)}


def _postgresql(given: Mapping[str, Any], statement_seconds: int) -> dict[str, Any]:
    """Return the options of libpq: those of the server, and of the connection to it.

    A server whose machine is gone is noticed after about eight seconds.
    """
    ours = f"-c statement_timeout={statement_seconds}s -c lock_timeout={LOCK_SECONDS}s"
    return {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": 8_000,
        "keepalives_idle": 4,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        **given,
        "options": f"{ours} {given.get('options', '')}".rstrip(),
    }


def _mysql(given: Mapping[str, Any], statement_seconds: int) -> dict[str, Any]:
    """Return the options of mysqlclient and PyMySQL.

    MariaDB stops a statement itself; MySQL reads what begins with ``/*M!`` as a
    comment, so there only the client gives it up.
    """
    statements = f"/*M! , max_statement_time = {statement_seconds} */"
    waiting = f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS} {statements}"
    answer = statement_seconds + 1
    reading = {"read_timeout": answer, "write_timeout": answer}
    return {
        "connect_timeout": CONNECT_SECONDS,
        **(reading if statement_seconds else {}),
        "init_command": waiting,
        **given,
    }


_TIMEOUTS = {"postgresql": _postgresql, "postgis": _postgresql, "mysql": _mysql}
"""What adds the timeouts to ``OPTIONS``, by the last part of ``ENGINE``."""

POOL: dict[str, Any] = {
    "min_size": 0,  # a process connects when it has to, and closes what is idle
    "max_size": POOL_SIZE,
    "timeout": CONNECT_SECONDS,
    # psycopg_pool waits ever longer between its attempts, so it would notice late that
    # the database is back; after this time the next request begins anew.
    "reconnect_timeout": 2 * CONNECT_SECONDS,
}
"""The options of a pool: a request waits as long for it as for a connection."""
