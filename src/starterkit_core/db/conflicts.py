"""Tells a conflict between transactions from a database that is down."""

from django.db import OperationalError

CONFLICTS = frozenset({"40001", "40P01", 1213, 1020})
"""Serialization failure and deadlock: SQLSTATE of PostgreSQL, numbers of MariaDB."""

SQLITE_CONFLICTS = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED, the low byte of SQLite's error codes."""


def is_conflict(error: OperationalError) -> bool:
    """Return whether ``error`` is a conflict between transactions: a retry helps."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_CONFLICTS
    number = cause.args[0] if cause is not None and cause.args else None
    return getattr(cause, "sqlstate", number) in CONFLICTS
