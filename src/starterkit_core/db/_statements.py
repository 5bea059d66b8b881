"""Small statements on one table, with SQL that the ORM compiled once.

Writing the same SQL again takes the ORM longer than running it takes the database. So
the ORM compiles the first statement of each shape: one model, the same names, values of
the same types. Its SQL is kept if it asks for the very parameters that the fields of
the model make of the values, as then they are all that differs the next time. If it
does not, as with expressions, or with fields of a host that write SQL of their own, the
ORM compiles each one.
"""

# Like compiled_query: should a Django to come change what is in there, the ORM answers.
# ruff: noqa: SLF001

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import NOT_PROVIDED, Count, Field, Model, Q, QuerySet
from django.db.models.signals import post_save, pre_save
from django.db.models.sql import InsertQuery, UpdateQuery

T = TypeVar("T")
Values = Mapping[str, Any]
Compiled = tuple[str, Iterable[Any]]

_kept: dict[tuple[Any, ...], str] = {}


def insert(instance: Model) -> None:
    """Do what ``instance.save_base(force_insert=True)`` does."""
    model, alias = type(instance), router.db_for_write(type(instance))
    if not _has_plain_table(model):
        instance.save_base(force_insert=True, using=alias)
        return
    told = {"instance": instance, "raw": False, "using": alias, "update_fields": None}
    pre_save.send(model, **told)
    _run(_insertion(instance, connections[alias]), connections[alias], _rowcount)
    instance._state.db, instance._state.adding = alias, False
    post_save.send(model, **told, created=True)


def update(model: type[Model], where: Values, values: Values) -> int:
    """Do what ``model._base_manager.filter(**where).update(**values)`` does."""
    connection = connections[router.db_for_write(model)]
    if model._meta.parents:
        return _rows(model, where, connection).update(**values)

    def compiled() -> Compiled:
        query: Any = _rows(model, where, connection).query.chain(UpdateQuery)
        query.add_update_values(values)
        return _compiled(query, connection)

    statement = _Statement(
        shape=(update, model, *values, *_shape(where)),
        params=[
            *_saved(
                [_field(model, name) for name in values], values.values(), connection
            ),
            *_asked(model, where, connection),
        ],
        compiled=compiled,
    )
    return _run(statement, connection, _rowcount)


def tally(
    model: type[Model], where: Values, columns: tuple[str, ...], counted: Values
) -> dict[tuple[Any, ...], int]:
    """Return what these columns hold where ``where`` is true, and how often.

    Only rows for which ``counted`` is true are counted: a number may be zero.
    """
    connection = connections[router.db_for_write(model)]

    def groups() -> Any:
        found = _rows(model, where, connection).order_by().values_list(*columns)
        return found.annotate(tallied=Count("pk", filter=Q(**counted)))

    if _are_converted(model, columns, connection):
        return _tallied(groups())
    statement = _Statement(
        shape=(tally, model, columns, *_shape(counted), None, *_shape(where)),
        params=[*_asked(model, counted, connection), *_asked(model, where, connection)],
        compiled=lambda: _compiled(groups().query, connection),
    )
    return _run(statement, connection, lambda cursor: _tallied(cursor.fetchall()))


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Statement:
    """What to run."""

    shape: tuple[Any, ...]
    """What the SQL depends on."""

    params: list[Any]
    """What the fields make of the values."""

    compiled: Callable[[], Compiled]
    """Asks the ORM for the SQL, and for what it makes of them."""


def _insertion(instance: Model, connection: BaseDatabaseWrapper) -> _Statement:
    model, fields = type(instance), type(instance)._meta.local_concrete_fields
    values = [field.pre_save(instance, True) for field in fields]  # noqa: FBT003

    def compiled() -> Compiled:
        query: Any = InsertQuery(model)
        query.insert_values(fields, [instance], raw=True)
        [statement] = query.get_compiler(connection=connection).as_sql()
        return cast("Compiled", statement)

    return _Statement(
        shape=(insert, model),
        params=_saved(fields, values, connection),
        compiled=compiled,
    )


def _rowcount(cursor: Any) -> int:
    return int(cursor.rowcount)


def _run(
    statement: _Statement,
    connection: BaseDatabaseWrapper,
    read: Callable[[Any], T],
) -> T:
    """Run it with the SQL that is kept, or with what the ORM compiles now."""
    params = statement.params
    shape = (connection.alias, *statement.shape, *map(type, params))
    sql = _kept.get(shape)
    if sql is None:
        sql, asked = statement.compiled()
        if repr([*asked]) == repr(params):
            _kept[shape] = sql
        params = [*asked]
    with (
        transaction.mark_for_rollback_on_error(connection.alias),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)
        return read(cursor)


def _tallied(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    return {tuple(group): number for *group, number in rows}


def _compiled(query: Any, connection: BaseDatabaseWrapper) -> Compiled:
    return cast("Compiled", query.get_compiler(connection=connection).as_sql())


def _rows(
    model: type[Model], where: Values, connection: BaseDatabaseWrapper
) -> QuerySet[Model]:
    return model._base_manager.using(connection.alias).filter(**where)


def _shape(where: Values) -> tuple[Any, ...]:
    """Return the names, and which of them are to be absent."""
    return (*where, *(value is None for value in where.values()))


def _saved(
    fields: "Iterable[Field[Any, Any]]",
    values: Iterable[Any],
    connection: BaseDatabaseWrapper,
) -> list[Any]:
    return [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]


def _asked(
    model: type[Model], where: Values, connection: BaseDatabaseWrapper
) -> list[Any]:
    """Return the parameters in the order in which a filter sorts them."""
    return [
        _field(model, name.partition("__")[0]).get_db_prep_value(value, connection)
        for name, value in sorted(where.items())
        if value is not None
    ]


@cache
def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    name = model._meta.pk.name if name == "pk" else name
    return cast("Field[Any, Any]", model._meta.get_field(name))


@cache
def _has_plain_table(model: type[Model]) -> bool:
    """Say whether a row is one row, and all that is in it comes from us."""
    meta = model._meta
    return not (
        meta.parents
        or meta.proxy
        or meta.db_returning_fields
        or any(
            field.generated or field.db_default is not NOT_PROVIDED
            for field in meta.local_concrete_fields
        )
    )


def _are_converted(
    model: type[Model], columns: Iterable[str], connection: BaseDatabaseWrapper
) -> bool:
    """Say whether Python gets something else than what the database sends."""
    cols = [_field(model, name).get_col(model._meta.db_table) for name in columns]
    return any(
        connection.ops.get_db_converters(col) or col.get_db_converters(connection)
        for col in cols
    )
