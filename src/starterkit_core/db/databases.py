"""Which database has the accounts, for projects with several.

A project may keep the accounts in a database of their own, or let its routers send
reads to a replica. A replica is behind: there a session that has just ended is open.
So whatever decides about access, or reads before it writes, reads from the database
that the accounts are written to.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import router, transaction
from django.db.models import Model, QuerySet

from starterkit_core.observability.context import current, entered
from starterkit_core.utils import locales

M = TypeVar("M", bound=Model)

_of_transaction: ContextVar[str | None] = ContextVar(
    "starterkit_database", default=None
)
"""The database of the use case that runs; None outside of ``run()``."""


def accounts_database() -> str:
    """Return the alias of the database that the accounts are written to.

    Our tables are in the same one, because of their foreign keys.
    """
    return router.db_for_write(get_user_model())


def rows_of(model: type[M]) -> "QuerySet[M]":
    """Return every row of ``model``, of the database that it is written to.

    No manager of the project can leave one out, not even its base manager.
    """
    return QuerySet(model, using=router.db_for_write(model))


def rows_beside(model: type[M], instance: Model) -> "QuerySet[M]":
    """Return every row of ``model``, of the database that ``instance`` is in."""
    return QuerySet(model, using=router.db_for_write(model, instance=instance))


def database_of(instance: Model, using: str | None = None) -> str:
    """Return the alias of the database that ``instance`` is saved to or deleted from.

    ``using`` is the argument of its ``save()`` or ``delete()``.
    """
    return using or router.db_for_write(type(instance), instance=instance)


@contextmanager
def transaction_of(database: str, *, savepoint: bool = True) -> Iterator[None]:
    """Open a transaction of ``database``; ``after_commit()`` waits for this one."""
    with transaction.atomic(using=database, savepoint=savepoint):
        # Reset before the commit: what waits for it is in no transaction.
        token = _of_transaction.set(database)
        try:
            yield
        finally:
            _of_transaction.reset(token)


def open_transaction() -> str | None:
    """Return the database whose commit ``after_commit()`` waits for; None outside."""
    database = _of_transaction.get() or accounts_database()
    return database if transaction.get_connection(database).in_atomic_block else None


def after_commit(call: Callable[[], Any]) -> None:
    """Call ``call`` after the commit, or immediately outside of a transaction.

    That is the transaction of the use case that runs; outside of ``run()``, the one of
    the accounts' database. An exception in ``call`` is logged.
    """
    database = _of_transaction.get() or accounts_database()
    # A test commits when the request is over.
    context, spoken = current(), locales.as_payload()

    @wraps(call)
    def call_within() -> None:
        with entered(context), locales.speaking_as(spoken):
            call()

    transaction.on_commit(call_within, using=database, robust=True)
