"""Parses ``DATABASE_URL`` for Django's ``DATABASES``."""

from pathlib import PurePath
from typing import Any
from urllib.parse import unquote, urlsplit

from starterkit_core import presets

ENGINES = {
    "sqlite": "sqlite3",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
}

OPTIONS: dict[str, dict[str, Any]] = {
    # Concurrent writers wait for the lock instead of failing.
    "sqlite3": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    "mysql": {"charset": "utf8mb4"},
}


def database(url: str, *, statement_seconds: int) -> dict[str, Any]:
    """Return an entry of ``DATABASES`` for a URL such as ``postgres://me@host/name``.

    It has timeouts, and its connections are kept from one request to the next.

    Raises:
        ValueError: its scheme is not a database that Django supports.
    """
    parts = urlsplit(url)
    if parts.scheme not in ENGINES:
        known = ", ".join(ENGINES)
        raise ValueError(f"DATABASE_URL begins with one of {known}, not {url[:12]!r}.")
    engine = ENGINES[parts.scheme]
    entry = {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": OPTIONS.get(engine, {}),
    }
    return presets.database(entry, statement_seconds=statement_seconds)


def sqlite(file: PurePath) -> str:
    """Return the URL of a database that is one file."""
    return f"sqlite:///{file.as_posix()}"
