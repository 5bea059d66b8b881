"""Telling a deadlock from a database that is down."""

from django.db import OperationalError

CONFLICTS = frozenset({"40001", "40P01", 1213, 1020})
"""Serialisation failure and deadlock: SQLSTATE of PostgreSQL, numbers of MariaDB."""


def is_conflict(error: OperationalError) -> bool:
    """Say whether two transactions got in each other's way, so that repeating helps."""
    cause = error.__cause__
    number = cause.args[0] if cause is not None and cause.args else None
    return getattr(cause, "sqlstate", number) in CONFLICTS
