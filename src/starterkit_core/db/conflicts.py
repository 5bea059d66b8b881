"""Conflicts between transactions, and trying again after one."""

from collections.abc import Callable
from random import uniform
from time import sleep
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

from starterkit_core.db.databases import accounts_database

T = TypeVar("T")

ATTEMPTS = 3
"""How often a write is tried when the database reports a conflict."""

PAUSE = (0.01, 0.05)
"""Shortest and longest wait in seconds before another try after a deadlock."""

CONFLICTS = frozenset({"40001", "40P01", 1213, 1020})
"""Serialization failure and deadlock: SQLSTATE of PostgreSQL, numbers of MariaDB."""

SQLITE_CONFLICTS = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED, the low byte of SQLite's error codes."""


DUPLICATES = frozenset({"23505", 1062})
"""A unique value that exists already: of PostgreSQL, of MariaDB."""

SQLITE_DUPLICATES = frozenset({1555, 2067})
"""SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE."""


class Conflict(Exception):
    """Raised in ``run()``: another transaction was faster, so roll back, run again."""


def retried(write: Callable[[], T], *, using: str | None = None) -> T:
    """Return what ``write`` returns; after a conflict it is called again.

    ``write`` is one statement or one transaction of the database ``using``, which
    defaults to the accounts'. Within a transaction of the caller a deadlock is not
    retried, because that transaction is lost with it.
    """
    database = using or accounts_database()
    alone = not transaction.get_connection(database).in_atomic_block
    for _ in range(ATTEMPTS - 1):
        try:
            return write()
        except Conflict:
            continue
        except OperationalError as error:
            if not (alone and is_conflict(error)):
                raise
            # The other transaction goes first, or the two would meet again.
            sleep(uniform(*PAUSE))  # noqa: S311  # no secret
    return write()


def is_conflict(error: OperationalError) -> bool:
    """Return whether ``error`` is a conflict between transactions: a retry helps."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_CONFLICTS
    return not CONFLICTS.isdisjoint(_codes_of(error))


def is_duplicate(error: IntegrityError) -> bool:
    """Return whether another row has a value that must be unique."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    if code is not None:
        return code in SQLITE_DUPLICATES
    return not DUPLICATES.isdisjoint(_codes_of(error))


def _codes_of(error: Exception) -> set[object]:
    """Return the SQLSTATE of PostgreSQL, the number of MariaDB, or both."""
    cause = error.__cause__
    states = {getattr(cause, name, None) for name in ("sqlstate", "pgcode")}
    return states | {*getattr(cause, "args", ())[:1]}
