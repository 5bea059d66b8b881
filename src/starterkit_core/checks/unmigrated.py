"""I001: a check that queries, in a database that is not migrated."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.core.checks import CheckMessage
from django.db import DatabaseError

from starterkit_core.checks.messages import info
from starterkit_core.db.databases import accounts_database

Check = Callable[..., list[CheckMessage]]


def asks_accounts(check: Check) -> Check:
    """Decorate a check that queries the database with the accounts.

    It runs only with ``--database`` and the alias of that one. If tables or columns are
    missing, as before the first ``migrate``, the other checks still have their say.
    """

    @wraps(check)
    def guarded(
        databases: Collection[str] | None = None, **kwargs: Any
    ) -> list[CheckMessage]:
        if accounts_database() not in (databases or ()):
            return []
        try:
            return check(databases=databases, **kwargs)
        except DatabaseError as reason:
            problem = str(reason).partition("\n")[0]
            text = f"{check.__name__}() could not ask the database: {problem}"
            hint = "Run manage.py migrate, then this check again."
            return [info("starterkit_core.I001", text, hint)]

    return guarded
