"""W036 and W037: a cache or a database that hangs would hold every thread."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.cache import caches
from django.core.checks import CheckMessage
from django.db import connections
from django.utils.module_loading import import_string

from starterkit_core.checks.messages import warning

DJANGO = "django.core.cache.backends"
REDIS = {"socket_connect_timeout": 1, "socket_timeout": 1}
LONGEST: Mapping[str, Mapping[str, int]] = {
    f"{DJANGO}.redis.RedisCache": REDIS,
    "django_redis.cache.RedisCache": REDIS,
    f"{DJANGO}.memcached.PyMemcacheCache": {"connect_timeout": 1, "timeout": 1},
    f"{DJANGO}.memcached.PyLibMCCache": {
        "connect_timeout": 1000,
        "_poll_timeout": 1000,
    },
}
"""A second for each timeout of the backends we know, in the unit of its library.

pylibmc's are milliseconds, and libmemcached waits ``_poll_timeout`` for an answer.
"""

OF_THE_SERVER = {
    "postgresql": ("options", ("statement_timeout", "lock_timeout")),
    "mysql": ("init_command", ("innodb_lock_wait_timeout",)),
}
"""The option with settings of a session, and which of them end a wait."""

OF_THE_CLIENT = {
    "postgresql": ("connect_timeout", "ANSWER_TIMEOUT"),
    "mysql": ("connect_timeout", "read_timeout", "write_timeout"),
}


def check_cache_timeouts(**kwargs: Any) -> list[CheckMessage]:
    """Find each cache that a request may wait for longer than a second."""
    return [
        warning(
            "starterkit_core.W036",
            f"CACHES[{alias!r}]: a server that hangs holds a thread for more than a "
            f"second, as these are not set, or longer: {', '.join(names)}.",
            "Set them in OPTIONS. For Redis, presets.cache() does.",
        )
        for alias, entry in caches.settings.items()
        if (names := _unbounded(entry))
    ]


def check_database_timeouts(**kwargs: Any) -> list[CheckMessage]:
    """Find each database that a request may wait for without an end."""
    return [
        warning(
            "starterkit_core.W037",
            f"DATABASES[{alias!r}]: a server or a transaction that hangs holds a "
            f"thread, as these are not set: {', '.join(names)}.",
            "Pass the entry through presets.database(). Silence this if your role or "
            "your pooler sets them.",
        )
        for alias in connections.settings
        if (names := _endless(alias))
    ]


def _unbounded(entry: Mapping[str, Any]) -> list[str]:
    """Return the name of each timeout that is missing or too long."""
    given = _options_of_cache(entry)
    return [
        name
        for name, longest in _longest(entry["BACKEND"]).items()
        if not 0 < _number(given.get(name.lower())) <= longest
    ]


def _longest(backend: str) -> Mapping[str, int]:
    """Return the timeouts of a backend; none if we do not know it."""
    try:
        known = import_string(backend).__mro__
    except ImportError:  # E014 reports it
        return {}
    paths = (f"{kind.__module__}.{kind.__name__}" for kind in known)
    return next((LONGEST[path] for path in paths if path in LONGEST), {})


def _options_of_cache(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option of the client, in lower case, wherever it is written."""
    options, location = entry.get("OPTIONS", {}), entry.get("LOCATION", "")
    url = location if isinstance(location, str) else ""
    given = {
        **dict(parse_qsl(urlsplit(url).query)),
        **options,
        **options.get("CONNECTION_POOL_KWARGS", {}),
        **options.get("behaviors", {}),
    }
    return {name.lower(): value for name, value in given.items()}


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0


def _endless(alias: str) -> list[str]:
    """Return the name of each timeout of a database that is missing."""
    connection = connections[alias]
    if connection.vendor not in OF_THE_CLIENT:
        return []
    options = connection.settings_dict.get("OPTIONS", {})
    option, of_the_server = OF_THE_SERVER[connection.vendor]
    session = str(options.get(option, ""))
    given = {
        **options,
        "ANSWER_TIMEOUT": connection.settings_dict.get("ANSWER_TIMEOUT"),
    }
    pool = options.get("pool")
    return [
        *(["timeout of the pool"] if pool and not _waits_shortly(pool) else []),
        *(name for name in OF_THE_CLIENT[connection.vendor] if not given.get(name)),
        *(name for name in of_the_server if not _is_set(name, session)),
    ]


def _waits_shortly(pool: Any) -> bool:
    """Return whether a pool has a timeout of its own; the default is half a minute."""
    return isinstance(pool, Mapping) and bool(pool.get("timeout"))


def _is_set(name: str, session: str) -> bool:
    """Return whether ``session`` sets a timeout to more than zero."""
    return bool(re.search(rf"{name}\s*=\s*[1-9]", session))
