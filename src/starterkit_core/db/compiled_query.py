"""One row by a unique value, with SQL that the ORM compiled once.

Most of the time of a small ORM query goes into writing the same SQL again. Here the
ORM writes it once per database, with a hole for the value; the rows become instances
through ``from_db`` and the ORM's own populators, so swapped models, joined rows,
converters and deferred fields stay right. What cannot be kept runs as a plain query.
"""

# The one place that looks into a queryset; should a future Django change what is in
# there, the plain ORM answers.
# ruff: noqa: SLF001

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Generic, Self, TypeVar

from django.core.exceptions import EmptyResultSet, ObjectDoesNotExist
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, Manager, Model, QuerySet, query

from starterkit_core.db._holes import Hole

M = TypeVar("M", bound=Model)
T = TypeVar("T")

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


def _or_none(compiled: Callable[[], T]) -> T | None:
    try:
        return compiled()
    except (AttributeError, ImportError, LookupError, TypeError, ValueError):
        logger.exception("This Django compiles differently: using its plain ORM")
        return None


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Plan(Generic[M]):
    """A compiled query, and how to make an instance of its row."""

    alias: str
    sql: str
    params: tuple[Any, ...]

    hole: int
    """Where among ``params`` the value goes."""

    lookup: Any
    """The comparison with the value; it knows how the value is written."""

    compiler: Any

    from_db: Callable[..., M]
    names: list[str]
    columns: slice
    populators: list[Any]
    converters: list[tuple[int, list[Callable[..., Any]], Any]]

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
        return None if row is None else self._instance([*row], connection)

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

    def _instance(self, row: list[Any], connection: BaseDatabaseWrapper) -> M:
        for at, converters, expression in self.converters:
            for convert in converters:
                row[at] = convert(row[at], expression, connection)
        instance = self.from_db(self.alias, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, instance)
        return instance


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
    model = queryset.model
    managers = (model._default_manager, model._base_manager)
    asks = queryset.query
    mode = getattr(queryset, "_fetch_mode", None)
    return not (
        any(type(it).get_queryset is not Manager.get_queryset for it in managers)
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
