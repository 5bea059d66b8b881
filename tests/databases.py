"""Which database the tests run on: ``DATABASE_URL``, or SQLite in memory."""

import os
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

ENGINES = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql"}


def default() -> dict[str, Any]:
    """Return Django's description of the database that ``DATABASE_URL`` names."""
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if url.scheme not in ENGINES:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    if url.scheme == "mysql":
        # It needs no compiler, as mysqlclient does; other databases do without it.
        import_module("pymysql").install_as_MySQLdb()
    return {
        "ENGINE": f"django.db.backends.{ENGINES[url.scheme]}",
        "NAME": url.path.removeprefix("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
    }
