"""Keyset pages: each begins where the last one ended, however deep that is.

A cursor holds the values of the row it stands at, in the order of the page. So rows
that come or go meanwhile shift nothing, and the millionth row costs what the first one
does when an index has the columns of the order. Where the first of them may be NULL, or
some go up and others down, a deep page costs more; order a large table by neither.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import connections
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import OrderBy

from starterkit_core.errors import InvalidCursor

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")

MAX_LIMIT = 100
"""Most rows on a page, whatever is asked for."""

MAX_CURSOR_LENGTH = 4_000
"""Longest cursor that is read, in characters; longer ones are never given out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page to give."""

    cursor: str = ""
    """``next`` or ``previous`` of another page; empty for the first one."""

    limit: int = 20
    """Rows on the page, from 1 to ``MAX_LIMIT``; what is outside is brought inside."""

    count: Literal["", "exact", "estimate"] = ""
    """Whether to say how many rows there are in all, which may cost more than the page.

    ``estimate`` is what PostgreSQL remembers of a whole table, and exact otherwise.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Rows, and the cursors of the pages around them."""

    results: list[Row]
    next: str | None
    previous: str | None
    count: int | None = None


def paginate(
    queryset: QuerySet[M, Row],
    *,
    order_by: Sequence[str],
    request: PageRequest,
    filters: Mapping[str, object] = MappingProxyType({}),
) -> Page[Row]:
    """Return one page of ``queryset``, by one query and one more for a count.

    ``order_by`` names fields, annotations or paths along foreign keys, each with ``-``
    for descending; rows without a value come last. The primary key settles ties, in the
    direction of the last name. The values end up in the cursors, signed but readable,
    so order by nothing that the reader may not know.

    ``filters`` are what the reader chose; a cursor works with the same ones only. They
    filter nothing here, and names from outside are checked against a list first.

    The rows are model instances, or dictionaries of ``values()`` with the order's own.

    Raises:
        InvalidCursor: the cursor is malformed, forged, or of another list.
    """
    keys = _keys(queryset, order_by)
    cursors = _Cursors(queryset.model, keys, filters)
    place = cursors.read(request.cursor)
    limit = min(max(request.limit, 1), MAX_LIMIT)
    found = list(_from(queryset, keys, place)[: limit + 1])
    rows = found[:limit] if place.forward else found[:limit][::-1]
    before, after = cursors.around(rows, place, more=len(found) > limit)
    return Page(
        results=_without_aliases(rows, keys),
        next=after,
        previous=before,
        count=_count(queryset, request.count),
    )


# The order


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Key:
    """One column of the order."""

    name: str
    """As in ``order_by``: a field, an annotation, or a path along foreign keys."""

    descending: bool

    attribute: str
    """Where a row has the value."""

    joined: bool = False
    """Whether the row has it only because the query puts it there."""

    nullable: bool = True
    unique: bool = False
    field: Any = None

    def goes_up(self, place: "_Place") -> bool:
        """Say whether the values grow on the way from ``place``."""
        return self.descending != place.forward

    def value_of(self, row: Any) -> object:
        if isinstance(row, dict):
            return row[self.attribute if self.attribute in row else self.name]
        return getattr(row, self.attribute)


def _keys(queryset: QuerySet[Any, Any], order_by: Sequence[str]) -> list[_Key]:
    """Return the columns of the order, as far as there can be ties."""
    keys: dict[str, _Key] = {}
    for name, descending in _names(queryset.model, order_by):
        key = _key(queryset, name, descending=descending)
        keys.setdefault(name, key)
        if key.unique:
            break
    return [*keys.values()]


def _names(model: type[Model], order_by: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each name and whether it descends; the primary key comes at the end."""
    descending = False
    for item in order_by:
        name, descending = item.removeprefix("-"), item.startswith("-")
        if name == "pk":
            break
        yield name, descending
    for field in model._meta.pk_fields:
        yield field.name, descending


def _key(queryset: QuerySet[Any, Any], name: str, *, descending: bool) -> _Key:
    if name in queryset.query.annotations:
        return _Key(name=name, descending=descending, attribute=name)
    fields: list[Any] = []
    for part in name.split("__"):
        model = fields[-1].related_model if fields else queryset.model
        fields.append(model._meta.get_field(part))
    joined = len(fields) > 1
    nullable = any(field.null for field in fields)
    return _Key(
        name=name,
        descending=descending,
        attribute=f"page_key_{name}" if joined else fields[0].attname,
        joined=joined,
        nullable=nullable,
        unique=fields[0].unique and not nullable and not joined,
        field=fields[-1],
    )


# The rows


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Place:
    """A place between two rows, and the direction in which to go on."""

    forward: bool = True

    values: Sequence[Any] | None = None
    """Those of the row that was passed last; without, it is the outermost place."""


def _from(
    queryset: QuerySet[M, Row], keys: Sequence[_Key], place: _Place
) -> QuerySet[M, Row]:
    """Return the rows from ``place`` on, in the order in which they are passed."""
    if aliases := {key.attribute: F(key.name) for key in keys if key.joined}:
        queryset = queryset.annotate(**aliases)
    if place.values is not None:
        queryset = queryset.filter(_ahead(queryset.db, keys, place, place.values))
    return queryset.order_by(*[_passed(key, place) for key in keys])


def _passed(key: _Key, place: _Place) -> OrderBy:
    """Return the order of one column; without NULLs any plain index gives it."""
    nulls = {"nulls_last" if place.forward else "nulls_first": True}
    return OrderBy(
        F(key.name),
        descending=not key.goes_up(place),
        **(nulls if key.nullable else {}),
    )


def _ahead(
    alias: str, keys: Sequence[_Key], place: _Place, values: Sequence[Any]
) -> Q | Func:
    """Return the condition that a row lies ahead of ``place``."""
    directions = {key.goes_up(place) for key in keys}
    plain = len(directions) == 1 and not any(key.nullable for key in keys)
    if plain and connections[alias].vendor in {"postgresql", "sqlite"}:
        return _row_ahead(keys, values, up=directions.pop())
    first, last = keys[0], keys[-1]
    condition = _value_ahead(last, place, values[-1])
    for key, value in reversed([*zip(keys, values, strict=True)][:-1]):
        condition = _value_ahead(key, place, value) | (_same(key, value) & condition)
    if first.nullable:
        return condition
    # It follows from the rest, but only this an index can use to find the place.
    return Q(
        (f"{first.name}__{'gte' if first.goes_up(place) else 'lte'}", values[0])
    ) & (condition)


def _row_ahead(keys: Sequence[_Key], values: Sequence[Any], *, up: bool) -> Func:
    """Return ``(a, b) > (x, y)``, for which an index on both finds the very row."""
    columns = [F(key.name) for key in keys]
    given = [
        Value(value, output_field=key.field)
        for key, value in zip(keys, values, strict=True)
    ]
    return Func(
        _row(columns),
        _row(given),
        template="%(expressions)s",
        arg_joiner=" > " if up else " < ",
        output_field=BooleanField(),
    )


def _row(expressions: Sequence[F] | Sequence[Value]) -> Func:
    return Func(*expressions, template="(%(expressions)s)", output_field=BooleanField())


def _value_ahead(key: _Key, place: _Place, value: object) -> Q:
    """Return the condition that a row's value lies ahead; nothing comes last."""
    if value is None:
        return Q(pk__in=()) if place.forward else Q((f"{key.name}__isnull", False))
    ahead = Q((f"{key.name}__{'gt' if key.goes_up(place) else 'lt'}", value))
    if key.nullable and place.forward:
        ahead |= Q((f"{key.name}__isnull", True))
    return ahead


def _same(key: _Key, value: object) -> Q:
    return Q((f"{key.name}__isnull", True) if value is None else (key.name, value))


def _without_aliases(rows: list[Row], keys: Sequence[_Key]) -> list[Row]:
    """Return ``rows`` as they would be if they had not been paged."""
    for name in [key.attribute for key in keys if key.joined]:
        for row in rows:
            (row if isinstance(row, dict) else vars(row)).pop(name, None)
    return rows


# The cursors


class _Cursors:
    """Writes and reads the cursors of one list: this model, order and filters."""

    def __init__(
        self, model: type[Model], keys: Sequence[_Key], filters: Mapping[str, object]
    ) -> None:
        order = [(key.name, key.descending) for key in keys]
        bound = [model._meta.label_lower, order, sorted(filters.items())]
        digest = sha256(json.dumps(bound, default=_stable).encode()).hexdigest()
        self.signer = Signer(salt=f"starterkit_core.db.pagination.{digest}", sep=".")
        self.keys = keys

    def read(self, cursor: str) -> _Place:
        if not cursor:
            return _Place()
        if len(cursor) > MAX_CURSOR_LENGTH or not cursor.isascii():
            raise InvalidCursor
        try:
            forward, values = self.signer.unsign_object(cursor)
            known = None if values is None else [_read(value) for value in values]
        except (BadSignature, KeyError, TypeError, ValueError) as error:
            raise InvalidCursor from error
        return _Place(forward=bool(forward), values=known)

    def around(
        self, rows: Sequence[Any], place: _Place, *, more: bool
    ) -> tuple[str | None, str | None]:
        """Return the cursors of the pages before and after these rows."""
        came = place.values is not None
        before, after = (came, more) if place.forward else (more, came)
        return (
            self._write(rows[:1], forward=False) if before else None,
            self._write(rows[-1:], forward=True) if after else None,
        )

    def _write(self, row: Sequence[Any], *, forward: bool) -> str:
        """Return the cursor of a row; of none, for all are gone, that of the end."""
        values = [_written(key.value_of(row[0])) for key in self.keys] if row else None
        cursor = self.signer.sign_object([int(forward), values], compress=True)
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise ValueError("The values of this order are too long for a cursor.")
        return cursor


_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], object]]] = {
    "u": (UUID, str, UUID),
    "t": (datetime, datetime.isoformat, datetime.fromisoformat),
    "d": (date, date.isoformat, date.fromisoformat),
    "n": (Decimal, str, Decimal),
}
"""What JSON does not know; a datetime is a date too, so it stands first."""


def _written(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    for name, (kind, write, _read) in _KINDS.items():
        if isinstance(value, kind):
            return {name: write(value)}
    raise TypeError(f"Pages cannot be ordered by a {type(value).__name__}.")


def _read(value: Any) -> object:
    if not isinstance(value, dict):
        return value
    [(name, text)] = value.items()
    return _KINDS[name][2](text)


def _stable(value: object) -> object:
    """Return a filter's value as JSON that is the same for equal values."""
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return str(value)


# The count


def _count(queryset: QuerySet[Any, Any], kind: str) -> int | None:
    if not kind:
        return None
    estimate = _estimate(queryset) if kind == "estimate" else 0
    return estimate or queryset.count()


def _estimate(queryset: QuerySet[Any, Any]) -> int:
    """Return the number of rows at the last ANALYZE; nothing if that is not known."""
    connection = connections[queryset.db]
    asks = queryset.query
    narrowed = asks.where or asks.distinct or asks.combinator or asks.group_by
    if connection.vendor != "postgresql" or narrowed:
        return 0
    table = connection.ops.quote_name(queryset.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)",
            [table],
        )
        row = cursor.fetchone()
    return max(row[0], 0) if row else 0
