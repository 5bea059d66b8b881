"""One row by a unique value, or whether there is one, by SQL the ORM compiled once.

Most of the time of a small ORM query goes into writing the same SQL again. Here the
ORM writes it once per database, with a hole for the value; the rows become instances
through ``from_db`` and the ORM's own populators, so swapped models, joined rows,
converters and deferred fields stay right. What cannot be kept runs as a plain query.
"""

# The one place that looks into a queryset; should a future Django change what is in
# there, the plain ORM answers.
# ruff: noqa: SLF001

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, Self, TypeVar

from django.core.exceptions import EmptyResultSet, ObjectDoesNotExist
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup, Manager, Model, QuerySet, query

from starterkit_core.db._holes import Hole

M = TypeVar("M", bound=Model)
T = TypeVar("T")
P = TypeVar("P")

logger = logging.getLogger("starterkit.compiled_query")


class CompiledGet(Generic[M]):
    """Loads what ``build(value).get()`` would load, in the same single query.

    ``build`` filters by a primary key or another unique field, may ``select_related()``
    and depends on the value only. It is called when first needed, so it may ask
    for swapped models.

    >>> load = CompiledGet(
    ...     lambda pk: Session.objects.select_related("user").filter(pk=pk)
    ... )
    >>> load.get(session_id)

    It reads from the database that the model is written to, as the routers say at each
    call. Where a manager of the model has a ``get_queryset`` of its own, the outcome
    may change from call to call: then each call is a plain ORM query.
    """

    def __init__(self, build: Callable[[Any], QuerySet[M]]) -> None:
        self._build = build
        self._plans: dict[tuple[str, str], _Plan[M] | None] = {}

    def get(self, value: object) -> M | None:
        """Return the row with ``value``, or None.

        Raises:
            ValidationError: the field cannot hold this value.
        """
        plan = self._plan()
        if plan is None:
            return self._plainly(value)
        return plan.get(value, connections[plan.alias])

    def is_compiled(self) -> bool:
        """Return whether this runs compiled, for tests."""
        return self._plan() is not None

    @cached_property
    def _model(self) -> type[M] | None:
        return _or_none(lambda: self._build(Hole()).model)

    def _plan(self) -> "_Plan[M] | None":
        if self._model is None:
            return None
        alias = router.db_for_write(self._model)
        key = alias, connections[alias].vendor
        if key not in self._plans:
            self._plans[key] = _or_none(lambda: _Plan.of(self._build, alias))
        return self._plans[key]

    def _plainly(self, value: object) -> M | None:
        queryset = self._build(value)
        try:
            return queryset.using(router.db_for_write(queryset.model)).get()
        except ObjectDoesNotExist:
            return None


class _Compiled(Generic[P]):
    """A query by values, which is compiled once for each database.

    ``build`` depends on the values only, and compares each with a column like the field
    of the same place in ``fields()``, as often as it likes. Both are called when first
    needed. What cannot be kept runs as a plain ORM query, as with ``CompiledGet``.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any]],
        fields: Callable[[], Sequence["Field[Any, Any]"]],
    ) -> None:
        self._build, self._fields = build, fields
        self._plans: dict[tuple[str, str], P | None] = {}

    def is_compiled(self) -> bool:
        """Return whether this runs compiled, for tests."""
        return self._plan() is not None

    def _new_plan(self, queryset: QuerySet[Any], alias: str) -> P | None:
        raise NotImplementedError

    def _plainly(self, values: Sequence[Any]) -> QuerySet[Any]:
        queryset = self._build(*values)
        return queryset.using(router.db_for_write(queryset.model))

    @cached_property
    def _queryset(self) -> QuerySet[Any] | None:
        return _or_none(lambda: self._build(*self._holes))

    @cached_property
    def _holes(self) -> list[Hole]:
        return [Hole() for _ in self._fields()]

    def _plan(self) -> P | None:
        queryset = self._queryset
        if queryset is None:
            return None
        alias = router.db_for_write(queryset.model)
        key = alias, connections[alias].vendor
        if key not in self._plans:
            self._plans[key] = _or_none(lambda: self._new_plan(queryset, alias))
        return self._plans[key]


class CompiledExists(_Compiled["_Question"]):
    """Tells what ``build(*values).exists()`` would tell, in the same single query."""

    def ask(self, *values: Any) -> bool:
        """Return whether there is such a row."""
        plan = self._plan()
        if plan is None:
            return self._plainly(values).exists()
        return plan.ask(values, connections[plan.alias])

    def _new_plan(self, queryset: QuerySet[Any], alias: str) -> "_Question | None":
        return _Question.of(queryset, self._holes, self._fields(), alias)


class CompiledRows(_Compiled["_Part[Any]"]):
    """Loads what ``[*build(*values)]`` would load, in the same single query.

    The rows may be of a filter and of joined tables, in any order, without annotations
    of their own.
    """

    def load(self, *values: Any) -> list[Any]:
        """Return the rows."""
        plan = self._plan()
        if plan is None:
            return [*self._plainly(values)]
        return _read(plan, [*zip(plan.fields, values, strict=True)])

    def _new_plan(self, queryset: QuerySet[Any], alias: str) -> "_Part[Any] | None":
        if not _is_plain(queryset):
            return None
        return _part(queryset.using(alias), self._holes, self._fields(), alias)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Question:
    """A compiled query for whether there is a row."""

    alias: str
    sql: str
    params: tuple[Any, ...]
    places: list[int | None]
    """For each of ``params``, which value it is; None if it is none."""

    fields: "Sequence[Field[Any, Any]]"

    @classmethod
    def of(
        cls,
        queryset: QuerySet[Any],
        holes: Sequence[Hole],
        fields: "Sequence[Field[Any, Any]]",
        alias: str,
    ) -> Self | None:
        """Compile the question, or return None if it cannot be kept."""
        if _has_own_rows(queryset.model):
            return None
        connection = connections[alias].copy(alias)  # as in _Plan.of()
        asked = queryset.using(alias).query.exists()
        sql, params = asked.get_compiler(connection=connection).as_sql()
        connection.close()
        return cls(
            alias=alias,
            sql=sql,
            params=tuple(params),
            places=_places(params, holes),
            fields=fields,
        )

    def ask(self, values: Sequence[Any], connection: BaseDatabaseWrapper) -> bool:
        written = [
            field.get_db_prep_value(value, connection)
            for field, value in zip(self.fields, values, strict=True)
        ]
        params = [
            param if at is None else written[at]
            for at, param in zip(self.places, self.params, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return cursor.fetchone() is not None


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Rows(Generic[M]):
    """A compiled query, and how to make instances of its rows."""

    alias: str
    sql: str
    params: tuple[Any, ...]

    from_db: Callable[..., M]
    names: list[str]
    columns: slice
    populators: list[Any]
    converters: list[tuple[int, list[Callable[..., Any]], Any]]

    def instance(self, row: list[Any], connection: BaseDatabaseWrapper) -> M:
        """Return the instance of a row."""
        for at, converters, expression in self.converters:
            for convert in converters:
                row[at] = convert(row[at], expression, connection)
        instance = self.from_db(self.alias, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, instance)
        return instance


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Part(_Rows[M]):
    """A compiled query for several rows, by the values of its holes."""

    places: list[int | None]
    fields: "Sequence[Field[Any, Any]]"


class CompiledParts:
    """Loads parts of whole tables, such as pages, each by a query compiled once.

    ``rows()`` of a queryset that is more than a table, or that cannot be kept, are
    None: then the caller asks the ORM.
    """

    MOST = 500
    """How many queries are kept; clients choose the order and the length of a page."""

    def __init__(self) -> None:
        self._parts: dict[Any, _Part[Any] | None] = {}

    def rows(
        self,
        queryset: QuerySet[Any],
        key: tuple[Any, ...],
        build: Callable[[Sequence[Hole]], QuerySet[Any]],
        values: "Sequence[tuple[Field[Any, Any], Any]]",
    ) -> list[Any] | None:
        """Return the rows of ``build()``, which ``queryset`` and ``key`` decide.

        ``values`` are what is compared, each with its field; ``build()`` gets as many
        holes.
        """
        if not _is_whole_table(queryset):
            return None
        alias, model = queryset.db, queryset.model
        place = (model, alias, connections[alias].vendor, *key)
        fields = [field for field, _value in values]
        if place not in self._parts:
            if len(self._parts) >= self.MOST:
                self._parts.clear()
            holes = [Hole() for _ in values]
            self._parts[place] = _or_none(
                lambda: _part(build(holes).using(alias), holes, fields, alias)
            )
        part = self._parts[place]
        return None if part is None else _read(part, values)


def _part(
    queryset: QuerySet[Any],
    holes: Sequence[Hole],
    fields: "Sequence[Field[Any, Any]]",
    alias: str,
) -> _Part[Any]:
    connection = connections[alias].copy(alias)  # as in _Plan.of()
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    connection.close()
    return _Part(
        alias=alias,
        sql=sql,
        params=tuple(params),
        places=_places(params, holes),
        fields=fields,
        **_reader(queryset, compiler, alias),
    )


def _read(part: _Part[M], values: "Sequence[tuple[Field[Any, Any], Any]]") -> list[M]:
    connection = connections[part.alias]
    written = [field.get_db_prep_value(it, connection) for field, it in values]
    params = [
        param if at is None else written[at]
        for at, param in zip(part.places, part.params, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(part.sql, params)
        return [part.instance([*row], connection) for row in cursor.fetchall()]


def _is_whole_table(queryset: Any) -> bool:
    """Return whether the queryset is every row of a table, as plain instances."""
    asks = queryset.query
    return not (
        asks.where.children
        or asks.select_related
        or asks.distinct
        or asks.group_by
        or asks.deferred_loading != (frozenset(), True)
        or not asks.default_cols
    ) and _is_plain(queryset)


def _places(params: Sequence[Any], holes: Sequence[Hole]) -> list[int | None]:
    """Return for each parameter which hole it is, or None.

    Raises:
        ValueError: a hole is none of them.
    """
    at = {id(hole): number for number, hole in enumerate(holes)}
    places = [at.get(id(param)) for param in params]
    if {*at.values()} - {*places}:
        raise ValueError("A value is in none of the parameters")
    return places


def _has_own_rows(model: type[Model]) -> bool:
    """Return whether a manager of the model may return other rows at each call."""
    managers = (model._default_manager, model._base_manager)
    return any(type(it).get_queryset is not Manager.get_queryset for it in managers)


def _or_none(compiled: Callable[[], T]) -> T | None:
    try:
        return compiled()
    except (AttributeError, ImportError, LookupError, TypeError, ValueError):
        logger.exception("This Django compiles differently: using its plain ORM")
        return None


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Plan(_Rows[M]):
    """A compiled query for one row by one value."""

    hole: int
    """Where among ``params`` the value goes."""

    lookup: Any
    """The comparison with the value; it knows how the value is written."""

    compiler: Any

    @classmethod
    def of(cls, build: Callable[[Any], QuerySet[M]], alias: str) -> Self | None:
        """Compile what ``build`` makes, or return None if that cannot be kept."""
        hole = Hole()
        queryset = build(hole).using(alias).order_by()
        lookup = _lookup_of(queryset, hole)
        if lookup is None or not _is_plain(queryset):
            return None
        # A connection of its own, never opened to query: the one of this thread may not
        # be kept for others.
        connection = connections[alias].copy(alias)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        connection.close()
        return cls(
            alias=alias,
            sql=sql,
            params=tuple(params),
            hole=next(at for at, param in enumerate(params) if param is hole),
            lookup=lookup,
            compiler=compiler,
            **_reader(queryset, compiler, alias),
        )

    def get(self, value: object, connection: BaseDatabaseWrapper) -> M | None:
        params = self._params(value, connection)
        if params is None:
            return None
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            row = cursor.fetchone()
        return None if row is None else self.instance([*row], connection)

    def _params(
        self, value: object, connection: BaseDatabaseWrapper
    ) -> list[Any] | None:
        """Return the parameters, or None for a value that no row can have."""
        if value is None:
            return None
        lookup = type(self.lookup)(self.lookup.lhs, value)
        try:
            _, [written] = lookup.process_rhs(self.compiler, connection)
        except EmptyResultSet:  # a number that does not fit the column
            return None
        return [*self.params[: self.hole], written, *self.params[self.hole + 1 :]]


def _lookup_of(queryset: Any, hole: Hole) -> "Lookup[Any] | None":
    """Return the comparison of a unique field with the hole, if that is what it is."""
    where = queryset.query.where
    for child in where.children:
        if isinstance(child, Lookup) and child.rhs is hole:
            column = child.lhs
            unique = (
                child.lookup_name == "exact"
                and where.connector == "AND"
                and not where.negated
                and column.alias == queryset.query.base_table
                and column.target.unique
            )
            return child if unique else None
    return None


def _is_plain(queryset: Any) -> bool:
    """Return whether the SQL and the instances depend on the value only."""
    asks = queryset.query
    mode = getattr(queryset, "_fetch_mode", None)
    return not (
        _has_own_rows(queryset.model)
        or queryset._iterable_class is not query.ModelIterable
        or queryset._prefetch_related_lookups
        or queryset._known_related_objects
        or getattr(mode, "track_peers", False)
        or asks.annotations
        or asks.extra
        or asks.combinator
        or asks.select_for_update
        or asks.is_sliced
    )


def _reader(queryset: QuerySet[M], compiler: Any, alias: str) -> dict[str, Any]:
    """Return how instances are made, as ``ModelIterable`` works it out per query."""
    select, klass_info = compiler.select, compiler.klass_info
    fields = klass_info["select_fields"]
    columns = slice(fields[0], fields[-1] + 1)
    converters = compiler.get_converters([column for column, *_ in select])
    return {
        "columns": columns,
        "names": [column.target.attname for column, *_ in select[columns]],
        "converters": [(at, *how) for at, how in converters.items()],
        **_makers(queryset, klass_info, select, alias),
    }


def _makers(
    queryset: QuerySet[M], klass_info: dict[str, Any], select: Any, alias: str
) -> dict[str, Any]:
    """Return what makes the instance and what is joined, as this Django does."""
    model = klass_info["model"]
    populators: Any = query.get_related_populators
    if not hasattr(queryset, "_fetch_mode"):  # before Django 6.1
        return {
            "from_db": model.from_db,
            "populators": populators(klass_info, select, alias),
        }
    mode = queryset._fetch_mode
    bound = getattr(query, "_get_from_db", None)  # gone with Django 2028
    return {
        "from_db": bound(model, mode)
        if bound
        else partial(model.from_db, fetch_mode=mode),
        "populators": populators(klass_info, select, alias, mode),
    }
