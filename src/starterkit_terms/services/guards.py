"""Database triggers that refuse to change or delete what is published or accepted.

The models refuse it too; the triggers also stop SQL that other programs send. Who owns
the tables can remove them: they prevent accidents. ``terms_verify`` then finds changed
texts, acceptances that fit none, and states whose acts are gone; nothing finds another
action, time or actor.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.utils import timezone

from starterkit_terms.models import VersionText, acceptance_model, version_model
from starterkit_terms.models.acceptance import TRACES

MESSAGE = "starterkit_terms: published versions and acceptances are final"
PREFIX = "starterkit_terms_guard"

CANCELLABLE = frozenset({"published_at", "updated_at"})
"""The columns that change when a scheduled version is cancelled."""

REPLACED = ("actor_id", "updated_at")
"""The fields of an acceptance that change once, when its user is removed."""

FORGETTABLE = frozenset({"user", *REPLACED, *TRACES})
"""The fields of an acceptance that ``forget()`` sets; nothing else may be set."""

NOW = {
    ("postgresql", True): "clock_timestamp()",
    ("postgresql", False): "clock_timestamp()::timestamp",
    ("mysql", True): "UTC_TIMESTAMP(6)",
    ("mysql", False): "NOW(6)",
    ("sqlite", True): "strftime('%Y-%m-%d %H:%M:%f', 'now')",
    ("sqlite", False): "strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime')",
}
"""The time as the database knows it, by vendor and ``USE_TZ``."""

SAME = {
    "postgresql": "{new} IS NOT DISTINCT FROM {old}",
    # Its collations hold texts for equal that differ in case, accents or final spaces.
    "mysql": "CAST({new} AS BINARY) <=> CAST({old} AS BINARY)",
    "sqlite": "{new} IS {old}",
}
"""When a column has not changed at all."""

BODY = {
    "postgresql": "BEGIN IF {when} THEN RAISE EXCEPTION '{message}' USING ERRCODE = "
    "'integrity_constraint_violation'; END IF; RETURN {row}; END",
    "mysql": "IF {when} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{message}'; "
    "END IF",
    "sqlite": "WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END",
}

EXISTING = {
    "postgresql": "SELECT t.tgname, p.prosrc FROM pg_trigger t "
    "JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgname LIKE '{prefix}%' "
    "AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(t.tgrelid)",
    "mysql": "SELECT trigger_name, action_statement FROM information_schema.triggers "
    "WHERE trigger_schema = DATABASE() AND trigger_name LIKE '{prefix}%'",
    "sqlite": "SELECT name, sql FROM sqlite_master "
    "WHERE type = 'trigger' AND name LIKE '{prefix}%'",
}


class UnsupportedDatabase(Exception):
    """There are no triggers for this kind of database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A trigger that refuses ``event`` on ``table`` when ``when`` holds."""

    name: str
    table: str
    event: str
    body: str


def database() -> BaseDatabaseWrapper:
    """Return the connection to the database that has the tables.

    Raises:
        UnsupportedDatabase: it is neither PostgreSQL, MariaDB, MySQL nor SQLite.
    """
    connection = connections[router.db_for_write(version_model())]
    if connection.vendor not in BODY:
        raise UnsupportedDatabase
    return connection


def missing() -> list[str]:
    """Return the triggers that are absent, disabled or other than they should be."""
    connection = database()
    found = _existing(connection)
    return [
        trigger.name
        for trigger in _triggers(connection)
        if _plain(trigger.body) not in _plain(found.get(trigger.name, ""))
    ]


def install() -> list[str]:
    """Create what is missing, and return the names; safe to repeat."""
    connection, names = database(), {*missing()}
    with _together(connection), connection.cursor() as cursor:
        for trigger in _triggers(connection):
            if trigger.name in names:
                for statement in _dropping(connection, trigger):
                    cursor.execute(statement)
                for statement in _creating(connection, trigger):
                    cursor.execute(statement)
    return sorted(names)


def remove() -> list[str]:
    """Drop every trigger that there is, and return the names."""
    connection = database()
    found = _existing(connection)
    with _together(connection), connection.cursor() as cursor:
        for trigger in _triggers(connection):
            for statement in _dropping(connection, trigger):
                cursor.execute(statement)
    return sorted(found)


def _together(connection: BaseDatabaseWrapper) -> AbstractContextManager[Any]:
    """Return a transaction where it can hold such statements; MySQL commits each."""
    if connection.features.can_rollback_ddl:
        return transaction.atomic(using=connection.alias)
    return nullcontext()


def _existing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(EXISTING[connection.vendor].format(prefix=PREFIX))
        return dict(cursor.fetchall())


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[Trigger]:
    quote = connection.ops.quote_name
    published = quote("published_at")
    version, ledger = version_model(), acceptance_model()
    guarded: tuple[tuple[type[Model], str, str], ...] = (
        (version, "UPDATE", _changes_published(connection)),
        (version, "DELETE", f"OLD.{published} IS NOT NULL"),
        (VersionText, "INSERT", _is_published(connection, "NEW")),
        (
            VersionText,
            "UPDATE",
            f"{_is_published(connection, 'OLD')} OR {_is_published(connection, 'NEW')}",
        ),
        (VersionText, "DELETE", _is_published(connection, "OLD")),
        (ledger, "UPDATE", _changes_evidence(connection)),
        (ledger, "DELETE", f"OLD.{quote(_column(ledger, 'user'))} IS NOT NULL"),
        *_truncations(connection, version, VersionText, ledger),
    )
    for model, event, when in guarded:
        yield _trigger(connection, model, event, when)


def _truncations(
    connection: BaseDatabaseWrapper, *models: type[Model]
) -> Iterator[tuple[type[Model], str, str]]:
    """Yield what refuses TRUNCATE, which fires no other trigger in PostgreSQL.

    MySQL has no trigger for it, but refuses it for tables that others refer to.
    """
    if connection.vendor == "postgresql":
        yield from ((model, "TRUNCATE", "true") for model in models)


def _trigger(
    connection: BaseDatabaseWrapper, model: type[Model], event: str, when: str
) -> Trigger:
    kind = {version_model(): "version", VersionText: "text"}.get(model, "acceptance")
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(event, "NEW")
    body = BODY[connection.vendor].format(when=when, message=MESSAGE, row=row)
    table = connection.ops.quote_name(model._meta.db_table)
    name = f"{PREFIX}_{kind}_{event.lower()}"
    return Trigger(name=name, table=table, event=event, body=body)


def _changes_published(connection: BaseDatabaseWrapper) -> str:
    """Return when a version is published, unless this cancels it in time."""
    quote, model = connection.ops.quote_name, version_model()
    published, announced = quote("published_at"), quote("announce_at")
    now = NOW[connection.vendor, timezone.is_aware(timezone.now())]
    others = _same(connection, model, CANCELLABLE)
    cancelled = f"NEW.{published} IS NULL AND OLD.{announced} > {now} AND {others}"
    return f"OLD.{published} IS NOT NULL AND NOT ({cancelled})"


def _changes_evidence(connection: BaseDatabaseWrapper) -> str:
    """Return when more changes than ``forget()`` clears, or is set instead of cleared.

    Another actor, which is the pseudonym, comes only with the removal of the user.
    """
    quote, model = connection.ops.quote_name, acceptance_model()
    user = quote(_column(model, "user"))
    removed = f"NEW.{user} IS NULL"
    allowed = [_same(connection, model, FORGETTABLE)]
    for name in ("user", *REPLACED, *TRACES):
        column = quote(_column(model, name))
        cleared = f"NEW.{column} = ''" if name in TRACES else removed
        if name in REPLACED:
            cleared = f"{removed} AND OLD.{user} IS NOT NULL"
        allowed.append(f"({cleared} OR {_unchanged(connection, column)})")
    return f"NOT ({' AND '.join(allowed)})"


def _unchanged(connection: BaseDatabaseWrapper, column: str) -> str:
    same = SAME[connection.vendor]
    return same.format(new=f"NEW.{column}", old=f"OLD.{column}")


def _is_published(connection: BaseDatabaseWrapper, row: str) -> str:
    quote = connection.ops.quote_name
    versions, model = quote(version_model()._meta.db_table), version_model()
    key, published = quote(str(model._meta.pk.column)), quote("published_at")
    mine = quote(_column(VersionText, "version"))
    its = f"{versions}.{key} = {row}.{mine} AND {versions}.{published} IS NOT NULL"
    return f"EXISTS (SELECT 1 FROM {versions} WHERE {its})"  # noqa: S608  # our own names


def _same(
    connection: BaseDatabaseWrapper, model: type[Model], free: frozenset[str]
) -> str:
    """Return that no column has changed, but those of the fields in ``free``."""
    kept = [f for f in model._meta.concrete_fields if f.name not in free]
    columns = [connection.ops.quote_name(str(field.column)) for field in kept]
    return " AND ".join(_unchanged(connection, column) for column in columns)


def _column(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]  # concrete


def _creating(connection: BaseDatabaseWrapper, trigger: Trigger) -> Iterator[str]:
    begin = f"CREATE TRIGGER {trigger.name} BEFORE {trigger.event} ON {trigger.table}"
    if connection.vendor != "postgresql":
        yield f"{begin} FOR EACH ROW {trigger.body}"
        return
    each = "STATEMENT" if trigger.event == "TRUNCATE" else "ROW"
    yield (
        f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger "
        f"LANGUAGE plpgsql AS $guard$ {trigger.body} $guard$"
    )
    yield f"{begin} FOR EACH {each} EXECUTE FUNCTION {trigger.name}()"


def _dropping(connection: BaseDatabaseWrapper, trigger: Trigger) -> Iterator[str]:
    if connection.vendor == "postgresql":
        yield f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}"
        yield f"DROP FUNCTION IF EXISTS {trigger.name}()"
    else:
        yield f"DROP TRIGGER IF EXISTS {trigger.name}"


def _plain(statement: str) -> str:
    return " ".join(statement.split())
