"""Finds users by what is inside of their address and names, by an index of trigrams.

The index is PostgreSQL's own, so ``manage.py users_search_index`` makes it and not a
migration. A search has to contain three letters or digits in a row: such an index knows
no shorter ones.
"""

import re
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from starterkit_core.db.databases import accounts_database
from starterkit_users.conf import conf
from starterkit_users.services.account_fields import account_fields

SEARCHED = ("email", "first_name", "last_name")
"""The fields of an account that are searched, as far as the user model has them."""

TRIGRAM = re.compile(r"[^\W_]{3}")
"""What a search needs, so that the index answers it."""

EXTENSION = "pg_trgm"


class Contains(Func):
    """Whether the first text contains the second one, which is a pattern of LIKE."""

    template = "%(expressions)s"
    arg_joiner = " LIKE "
    output_field = models.BooleanField()


class AsText(Func):
    """A column as text, as in ``searched_sql()``."""

    template = "COALESCE(%(expressions)s::text, '')"
    output_field = models.TextField()


class Joined(Func):
    """Texts with a blank between them, as in ``searched_sql()``."""

    template = "(%(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = models.TextField()


def is_on() -> bool:
    """Return whether searches look inside; without its index it is not worth that."""
    return conf.SUBSTRING_SEARCH and is_possible()


def is_possible() -> bool:
    """Return whether the accounts are in PostgreSQL, and have a field to search."""
    vendor = connections[accounts_database()].vendor
    return vendor == "postgresql" and bool(searched_columns())


def searched_columns() -> list[str]:
    """Return the columns of the user model that are searched."""
    fields = account_fields()
    return [str(fields[name].column) for name in SEARCHED if name in fields]


def containing(text: str) -> Q:
    """Return the condition that a user's address or names contain ``text``.

    None does if it has no three letters or digits in a row, or if the search is off.
    """
    if not is_on() or not TRIGRAM.search(text):
        return Q(pk__in=[])
    escaped = connections[accounts_database()].ops.prep_for_like_query(text)
    fields = account_fields()
    texts = [AsText(F(fields[name].name)) for name in SEARCHED if name in fields]
    pattern = Value(f"%{escaped}%", output_field=models.TextField())
    return Q(Contains(Lower(Joined(*texts)), Lower(pattern)))


# The index


def index_name() -> str:
    """Return the name of the index; PostgreSQL takes 63 characters."""
    table = get_user_model()._meta.db_table
    if len(table) > 50:  # noqa: PLR2004  # and what follows
        table = f"{table[:41]}_{sha256(table.encode()).hexdigest()[:8]}"
    return f"{table}_substrings"


def searched_sql() -> str:
    """Return the expression that the index is made of; ``Contains`` has the same."""
    quote = connections[accounts_database()].ops.quote_name
    texts = [f"COALESCE({quote(it)}::text, '')" for it in searched_columns()]
    joined = " || ' ' || ".join(texts)
    return f"LOWER(({joined}))"


class SearchIndex:
    """The index in the database of the accounts; each method is a few statements."""

    def __init__(self) -> None:
        self.connection = connections[accounts_database()]
        self.name = index_name()
        self.made_of = sha256(searched_sql().encode()).hexdigest()[:16]

    def state(self) -> str:
        """Return ``missing``, ``invalid``, ``outdated`` or ``ready``.

        It is invalid if its making was interrupted, and outdated if it is made of other
        columns than those that are searched now.
        """
        found = self._rows(
            "SELECT indisvalid, obj_description(indexrelid) FROM pg_index"
            " WHERE indexrelid = to_regclass(%s)",
            [self._quoted(self.name)],
        )
        if not found:
            return "missing"
        [(is_valid, made_of)] = found
        if not is_valid:
            return "invalid"
        return "ready" if made_of == self.made_of else "outdated"

    def install(self) -> list[str]:
        """Return the statements that make the index, or make it anew.

        None if it is ready. Each waits for no request, and no request for them.
        """
        state = self.state()
        if state == "ready":
            return []
        table = self._quoted(get_user_model()._meta.db_table)
        return [
            *(
                []
                if self._schema()
                else [f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}"]
            ),
            *([] if state == "missing" else self.drop()),
            (
                f"CREATE INDEX CONCURRENTLY {self._quoted(self.name)} ON {table}"
                f" USING gin ({searched_sql()} {self._operators()})"
            ),
            f"COMMENT ON INDEX {self._quoted(self.name)} IS '{self.made_of}'",
            f"ANALYZE {table}",
        ]

    def drop(self) -> list[str]:
        """Return the statement that removes the index; none if there is none."""
        if self.state() == "missing":
            return []
        return [f"DROP INDEX CONCURRENTLY {self._quoted(self.name)}"]

    def run(self, statement: str) -> None:
        """Run a statement of these, for as long as it takes."""
        with self.connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            try:
                cursor.execute(statement)
            finally:
                cursor.execute("RESET statement_timeout")

    def take(self, lock: int) -> bool:
        """Take a lock of PostgreSQL; False if another process has it."""
        return bool(self._rows("SELECT pg_try_advisory_lock(%s)", [lock])[0][0])

    def give_back(self, lock: int) -> None:
        """Give the lock back."""
        self._rows("SELECT pg_advisory_unlock(%s)", [lock])

    def _operators(self) -> str:
        """Return the operator class; the extension may be in a schema of its own."""
        schema = self._schema()
        return f"{self._quoted(schema)}.gin_trgm_ops" if schema else "gin_trgm_ops"

    def _schema(self) -> str:
        """Return the schema of the extension, or ``""`` if it is not installed."""
        found = self._rows(
            "SELECT nspname FROM pg_extension JOIN pg_namespace"
            " ON pg_namespace.oid = extnamespace WHERE extname = %s",
            [EXTENSION],
        )
        return str(found[0][0]) if found else ""

    def _rows(self, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [*cursor.fetchall()]

    def _quoted(self, name: str) -> str:
        return str(self.connection.ops.quote_name(name))
