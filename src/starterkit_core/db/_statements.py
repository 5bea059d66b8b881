"""Small statements on one table, with SQL that the ORM compiled once.

Writing the same SQL again takes the ORM longer than running it takes the database. So
the ORM compiles one statement for each shape: a model, the names of the fields, and
which conditions are None (``IS NULL``). Later statements of that shape differ in their
parameters only, and the fields of the model write those.

The plain ORM runs what has more to it: lookups other than exact, expressions,
instances for foreign keys, several tables, columns that the database fills, fields,
managers and models of a host that write in a way of their own, and an INSERT that
receivers of ``pre_save`` may still change. It runs everything on a Django that compiles
differently.

It saves a fifth or more of the CPU of a token refresh, a sign-in and a sign-out;
docs/explanation/performance.md has the measurement.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.db.models.signals import post_save, pre_save

from starterkit_core.db._plans import (
    Limits,
    Plan,
    Values,
    compiled_insert,
    compiled_tally,
    compiled_update,
    groups,
)

logger = logging.getLogger("starterkit.statements")

_plans: dict[tuple[Any, ...], Plan | None] = {}
"""By alias, vendor and shape; None for what the plain ORM runs."""


class Tally(NamedTuple):
    """How many rows of a group meet a condition, and how many there are."""

    counted: int
    rows: int


def insert(instance: Model) -> None:
    """Do what ``instance.save_base(force_insert=True)`` does."""
    model = type(instance)
    alias = router.db_for_write(model, instance=instance)
    if not _inserted(instance, connections[alias]):
        instance.save_base(force_insert=True, using=alias)
        return
    state = instance._state  # noqa: SLF001  # as save_base() does
    state.db, state.adding = alias, False
    told = {"instance": instance, "raw": False, "using": alias, "update_fields": None}
    post_save.send(model, **told, created=True)


def update(model: type[Model], where: Values, values: Values) -> int:
    """Do what ``model._base_manager.filter(**where).update(**values)`` does."""
    rows = _updated(model, where, values)
    if rows is None:
        return model._base_manager.filter(**where).update(**values)
    return rows


def tally(
    model: type[Model], where: Values, columns: tuple[str, ...], counted: Values
) -> dict[tuple[Any, ...], Tally]:
    """Return the distinct ``columns`` of the rows of ``where``.

    With each, how many of its rows are ``counted``, which may be none, and how many
    there are. Reads the database that is written to.
    """
    rows = _tallied(model, where, columns, counted)
    if rows is None:
        rows = groups(model, where, columns, counted).using(router.db_for_write(model))
    return {tuple(group): Tally(some, every) for *group, some, every in rows}


def _inserted(instance: Model, connection: BaseDatabaseWrapper) -> bool:
    """Return whether a compiled INSERT ran, False if it is left to the plain ORM."""
    model = type(instance)
    # What only the ORM can do, should a value turn out to need it, it does from the
    # start: a signal cannot be sent twice.
    if instance.pk is None or pre_save.has_listeners(model):
        return False
    plan = _plan(compiled_insert, connection, model)
    if plan is None:
        return False
    values = (field.pre_save(instance, True) for field in plan.saved)  # noqa: FBT003  # Django's
    return _run(plan, values, [], connection) is not None


def _updated(model: type[Model], where: Values, values: Values) -> int | None:
    """Return how many rows changed, None if this is left to the plain ORM."""
    connection = connections[router.db_for_write(model)]
    asked, absent = _split(where)
    shape = model, tuple(values), tuple(asked), absent
    plan = _plan(compiled_update, connection, *shape)
    if plan is None:
        return None
    params = _asked(plan, [*asked.values()], connection)
    if params is None:
        return None
    return _run(plan, values.values(), params, connection)


def _tallied(
    model: type[Model], where: Values, columns: tuple[str, ...], counted: Values
) -> Iterable[tuple[Any, ...]] | None:
    """Return the groups with their counts, None if this is left to the plain ORM."""
    connection = connections[router.db_for_write(model)]
    present, absent = _split(counted)
    shape = model, columns, tuple(where), (tuple(present), absent)
    plan = _plan(compiled_tally, connection, *shape)
    if plan is None:
        return None
    params = _asked(plan, [*where.values(), *present.values()], connection)
    if params is None:
        return None
    with _executed(plan, params, connection) as cursor:
        return list(cursor.fetchall())


def _split(where: Values) -> tuple[Values, tuple[str, ...]]:
    """Return the conditions on a value, and the names of those on NULL."""
    asked = {name: value for name, value in where.items() if value is not None}
    return asked, tuple(name for name in where if name not in asked)


def _plan(
    compiled: Callable[..., Plan | None], connection: BaseDatabaseWrapper, *shape: Any
) -> Plan | None:
    key = (connection.alias, connection.vendor, compiled, *shape)
    if key not in _plans:
        _plans[key] = _new_plan(compiled, connection.alias, *shape)
    return _plans[key]


def _new_plan(
    compiled: Callable[..., Plan | None], alias: str, *shape: Any
) -> Plan | None:
    try:
        # A connection of its own: the one of this thread may not be kept for others.
        with closing(connections[alias].copy(alias)) as connection:
            return compiled(connection, *shape)
    except (FieldDoesNotExist, ValidationError):  # the plain ORM knows what to do
        return None
    except (AttributeError, ImportError, LookupError, TypeError, ValueError):
        logger.exception("This Django compiles differently: using its plain ORM")
        return None


def _run(
    plan: Plan, values: Iterable[Any], asked: list[Any], connection: BaseDatabaseWrapper
) -> int | None:
    """Return how many rows were written, None if a value is an expression."""
    with transaction.mark_for_rollback_on_error(connection.alias):
        saved = _saved(plan, [*values], connection)
        if saved is None:
            return None
        with _executed(plan, [*saved, *asked], connection) as cursor:
            return int(cursor.rowcount)


@contextmanager
def _executed(
    plan: Plan, params: list[Any], connection: BaseDatabaseWrapper
) -> Iterator[CursorWrapper]:
    with connection.cursor() as cursor:
        cursor.execute(plan.sql, [params[at] for at in plan.order])
        yield cursor


def _saved(
    plan: Plan, values: list[Any], connection: BaseDatabaseWrapper
) -> list[Any] | None:
    """Return what the fields make of the values, None if one is an expression."""
    if any(map(_is_more_than_a_value, values)):
        return None
    params = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(plan.saved, values, strict=True)
    ]
    return None if any(hasattr(param, "as_sql") for param in params) else params


def _asked(
    plan: Plan, values: list[Any], connection: BaseDatabaseWrapper
) -> list[Any] | None:
    """Return what the fields make of the conditions, None if the SQL is not for one."""
    if any(map(_is_more_than_a_value, values)):
        return None
    params = [
        field.get_db_prep_value(value, connection, prepared=False)
        for field, value in zip(plan.asked, values, strict=True)
    ]
    return params if all(map(_is_asked_for, params, plan.limits)) else None


def _is_asked_for(param: Any, limits: Limits | None) -> bool:
    """Return whether the ORM asks for it as the plan does.

    It writes other SQL for NULL and for expressions, and runs none for a number that no
    row can have.
    """
    if param is None or hasattr(param, "as_sql"):
        return False
    low, high = limits or (None, None)
    return (low is None or low <= param) and (high is None or param <= high)


def _is_more_than_a_value(value: object) -> bool:
    """Return whether it is an expression, a query or an instance."""
    return hasattr(value, "resolve_expression") or hasattr(
        value, "prepare_database_save"
    )
