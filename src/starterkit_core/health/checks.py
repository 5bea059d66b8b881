"""Core's own checks. A project may use them in its own, such as of another database."""

import os
from collections.abc import Mapping
from secrets import token_hex

from django.core.cache import DEFAULT_CACHE_ALIAS, BaseCache, caches
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from starterkit_core.conf import conf
from starterkit_core.db.databases import accounts_database
from starterkit_core.ports import health
from starterkit_core.ports.health import Check, Unhealthy
from starterkit_core.services import tasks

KEPT_SECONDS = 10
"""How long the cache keeps the value that a check did not delete."""

_migrated: set[str] = set()
"""The aliases of the databases in which this process has found no migration missing."""

_spare: dict[str, BaseCache] = {}
"""A client of each cache for its next check; it is thrown away when it fails or hangs.

One of each thread would be closed by the garbage collector only, some time later.
"""


def all_checks() -> Mapping[str, Check]:
    """Return every check by name: core's own, and those that were registered."""
    ours: dict[str, Check] = {
        "database": check_database,
        "migrations": check_migrations,
        "cache": check_cache,
        "tasks": check_tasks,
    }
    if conf.CACHE_ALIAS != DEFAULT_CACHE_ALIAS:
        ours["cache.default"] = lambda: check_cache(DEFAULT_CACHE_ALIAS)
    return ours | health.registered()


def check_database(alias: str = "") -> None:
    """Connect to a database, by default the one with the accounts, and ask it."""
    with connections[alias or accounts_database()].cursor() as cursor:
        cursor.execute("SELECT 1")


def check_migrations(alias: str = "") -> None:
    """Find migrations of this code that a database lacks; by default as above.

    Once none is missing, the process asks no more. So an older one stays ready while
    the next release migrates, even if that takes a migration back.

    Raises:
        Unhealthy: there are some.
    """
    alias = alias or accounts_database()
    if alias in _migrated:
        return
    executor = MigrationExecutor(connections[alias])
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unhealthy(
            f"{len(plan)} migrations are missing, the first is {plan[0][0]}."
        )
    _migrated.add(alias)


def check_cache(alias: str = "") -> None:
    """Save a value and read it, by default in the cache with the rate limits.

    Raises:
        Unhealthy: the cache has lost it, as one does that swallows errors.
    """
    alias = alias or conf.CACHE_ALIAS
    cache = _spare.pop(alias, None) or caches.create_connection(alias)
    key = f"starterkit:health:{token_hex(8)}"
    cache.set(key, key, KEPT_SECONDS)
    if cache.get(key) != key:
        raise Unhealthy("The cache lost a value.")
    cache.delete(key)
    _spare[alias] = cache


def check_tasks() -> None:
    """Find tasks that have waited for longer than ``MAX_TASK_AGE``.

    Raises:
        Unhealthy: there are some.
    """
    since = tasks.oldest_waiting()
    if since and (age := timezone.now() - since) > conf.MAX_TASK_AGE:
        seconds = round(age.total_seconds())
        raise Unhealthy(f"The oldest task has been due for {seconds} seconds.")


def forget() -> None:
    """Begin anew, as in the next test, or after a fork, which copies no connections."""
    _migrated.clear()
    _spare.clear()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=forget)
