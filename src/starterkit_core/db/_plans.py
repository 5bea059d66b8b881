"""Statements as the ORM compiles them, with a hole for each value.

Whatever ``_statements`` uses of the ORM's internals is in this file. It runs while a
statement is compiled, where an error means the plain ORM; so classes that a future
Django may move are imported inside the functions.
"""

# ruff: noqa: PLC0415  # imported late, as the docstring says

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    NOT_PROVIDED,
    BinaryField,
    Count,
    Field,
    IntegerField,
    Manager,
    Model,
    Q,
    QuerySet,
)

from starterkit_core.db._holes import Hole

Columns = Sequence["Field[Any, Any]"]
Compiled = tuple[str, Sequence[Any]]
Limits = tuple[int | None, int | None]
Names = tuple[str, ...]
Values = Mapping[str, Any]
Groups: TypeAlias = "QuerySet[Any, tuple[Any, ...]]"


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Plan:
    """A compiled statement. It is for every thread, so it holds no connection."""

    sql: str
    order: list[int]
    """For each parameter, its place in ``saved`` followed by ``asked``."""

    saved: Columns = ()
    asked: Columns = ()
    limits: Sequence[Limits | None] = ()
    """What the columns of ``asked`` can hold; None for those of no integers."""


def compiled_insert(connection: BaseDatabaseWrapper, model: type[Model]) -> Plan | None:
    """Return the INSERT of a row, None if it cannot be kept."""
    fields = model._meta.local_concrete_fields
    if not (_is_saved_plainly(model) and _take_holes(fields, connection)):
        return None
    holes = {field.attname: Hole() for field in fields}
    sql, params = _insert(connection, model, SimpleNamespace(**holes))
    return Plan(sql=sql, order=_order(params, [*holes.values()]), saved=fields)


def compiled_update(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    saved: Names,
    asked: Names,
    absent: Names,
) -> Plan | None:
    """Return the UPDATE of ``saved`` where ``absent`` are NULL, None if not kept.

    Raises:
        FieldDoesNotExist: a name is not that of a field, but of another lookup.
    """
    fields, conditions = _fields(model, saved), _fields(model, asked)
    is_kept = saved and _has_one_table(model) and _take_holes(fields, connection)
    if not (is_kept and _are_compared(model, (*asked, *absent), connection)):
        return None
    values, where = ({name: Hole() for name in names} for names in (saved, asked))
    found = model._base_manager.filter(**where, **dict.fromkeys(absent))
    sql, params = _update(connection, found, values)
    order = _order(params, [*values.values(), *where.values()])
    limits = [_limits(field, connection) for field in conditions]
    return Plan(sql=sql, order=order, saved=fields, asked=conditions, limits=limits)


def compiled_tally(
    connection: BaseDatabaseWrapper,
    model: type[Model],
    columns: Names,
    asked: Names,
    counted: tuple[Names, Names],
) -> Plan | None:
    """Return the SELECT of ``groups``, None if it cannot be kept.

    ``counted`` are the conditions on a value, and those on NULL.

    Raises:
        FieldDoesNotExist: a name is not that of a field, but of another lookup.
    """
    present, absent = counted
    is_compared = _are_compared(model, (*asked, *present, *absent), connection)
    if not (is_compared and _are_read_plainly(_fields(model, columns), connection)):
        return None
    where, what = ({name: Hole() for name in names} for names in (asked, present))
    found = groups(model, where, columns, what | dict.fromkeys(absent))
    query = found.using(connection.alias).query
    sql, params = query.get_compiler(connection=connection).as_sql()
    conditions = _fields(model, (*asked, *present))
    return Plan(
        sql=sql,
        order=_order(params, [*where.values(), *what.values()]),
        asked=conditions,
        limits=[_limits(field, connection) for field in conditions],
    )


def groups(
    model: type[Model], where: Values, columns: Names, counted: Values
) -> "Groups":
    """Return what ``columns`` hold where ``where`` is true, and two counts.

    Of the rows that are ``counted``, and of all. Every group is in there, also one of
    which no row is ``counted``.
    """
    found = model._base_manager.filter(**where).order_by().values_list(*columns)
    # No column that a host may add has "__" in its name.
    count = Count("pk", filter=Q(**counted))
    return cast("Groups", found.annotate(tally__count=count, tally__rows=Count("pk")))


def _insert(connection: BaseDatabaseWrapper, model: type[Model], row: Any) -> Compiled:
    from django.db.models.sql import InsertQuery

    query: Any = InsertQuery(model)
    query.insert_values(model._meta.local_concrete_fields, [row], raw=True)
    [(sql, params)] = query.get_compiler(connection=connection).as_sql()
    return sql, params


def _update(connection: BaseDatabaseWrapper, found: Any, values: Any) -> Compiled:
    from django.db.models.sql import UpdateQuery

    query = found.using(connection.alias).query.chain(UpdateQuery)
    query.add_update_values(values)
    sql, params = query.get_compiler(connection=connection).as_sql()
    return sql, params


def _order(params: Sequence[Any], holes: Sequence[Hole]) -> list[int]:
    """Return which hole each parameter is.

    Raises:
        LookupError: it is none of them.
        ValueError: one is missing, or there twice.
    """
    at = {id(hole): number for number, hole in enumerate(holes)}
    order = [at[id(param)] for param in params]
    if sorted(order) != [*range(len(holes))]:
        raise ValueError("The parameters are not the values, each once")
    return order


def _fields(model: type[Model], names: Names) -> Columns:
    meta = model._meta
    return cast(
        "Columns",
        [
            meta.pk if name == "pk" else meta.get_field(name.removesuffix("__gt"))
            for name in names
        ],
    )


def _limits(field: "Field[Any, Any]", connection: BaseDatabaseWrapper) -> Limits | None:
    """Return the lowest and the highest number that the ORM sends to the database."""
    if not isinstance(field, IntegerField):
        return None
    return connection.ops.integer_field_range(field.get_internal_type())


def _has_one_table(model: type[Model]) -> bool:
    """Return whether its rows are in one table, and the base manager is Django's."""
    return not model._meta.parents and type(model._base_manager) is Manager


def _is_saved_plainly(model: type[Model]) -> bool:
    """Return whether every value of a new row comes from the instance."""
    meta = model._meta
    return _has_one_table(model) and not (
        model.save_base is not Model.save_base
        or meta.order_with_respect_to
        or meta.db_returning_fields
        or not meta.pk.concrete  # of several columns
        or any(it.db_default is not NOT_PROVIDED for it in meta.local_concrete_fields)
    )


def _take_holes(fields: Columns, connection: BaseDatabaseWrapper) -> bool:
    """Return whether the SQL that saves each of these is one ``%s``."""
    hole = Hole()
    return all(
        field.concrete
        and not field.generated
        and _placeholder(field, connection) == "%s"
        and field.get_db_prep_save(hole, connection) is hole
        for field in fields
    )


def _placeholder(field: "Field[Any, Any]", connection: BaseDatabaseWrapper) -> str:
    """Return the placeholder for a value, "" if it may depend on the value."""
    name = "get_placeholder"
    if hasattr(BinaryField, "get_placeholder_sql"):  # since Django 6.1
        name = "get_placeholder_sql"
    own = getattr(type(field), name, None)
    if own is None:
        return "%s"
    if own is not vars(BinaryField)[name]:
        return ""
    placeholder = own(field, b"", None, connection)
    return placeholder if isinstance(placeholder, str) else placeholder[0]


def _are_compared(
    model: type[Model], names: Names, connection: BaseDatabaseWrapper
) -> bool:
    """Return whether the SQL that filters by each is ``column = %s`` or ``> %s``."""
    from django.db.models.fields.related_lookups import RelatedExact
    from django.db.models.lookups import Exact, GreaterThan, IntegerFieldExact

    plain: dict[str, set[Any]] = {
        "exact": {Exact, IntegerFieldExact, RelatedExact},
        "gt": {GreaterThan},
    }
    lookups = ["gt" if name.endswith("__gt") else "exact" for name in names]
    return not connection.features.interprets_empty_strings_as_nulls and all(
        field.concrete and field.get_lookup(lookup) in plain[lookup]
        for field, lookup in zip(_fields(model, names), lookups, strict=True)
    )


def _are_read_plainly(fields: Columns, connection: BaseDatabaseWrapper) -> bool:
    """Return whether the ORM returns what is in these as the database returns it."""
    return not any(
        field.get_db_converters(connection)
        or connection.ops.get_db_converters(field.get_col(field.model._meta.db_table))
        for field in fields
    )
