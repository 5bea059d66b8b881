"""Keyset pagination: each page begins after the last row of the page before it.

A cursor holds the values of that row in the columns of the order. So rows that are
inserted or deleted meanwhile shift no page, and with an index on these columns the
millionth row costs the same as the first. If the first column is nullable, the rows
with a value and those without are two lists, one behind the other, which the same plain
index serves on every database. A deep page costs more if another column is nullable, or
if the columns mix ascending and descending; do not order a large table like that.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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

from starterkit_core.db._holes import Hole
from starterkit_core.db.compiled_query import CompiledParts
from starterkit_core.errors import InvalidCursor

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")

USUAL_LIMIT = 20
"""Rows per page if the client asks for no number."""

MAX_LIMIT = 100
"""Maximum of rows per page, whatever the client asks for."""

MAX_CURSOR_LENGTH = 4_000
"""Longest cursor in characters; longer ones are neither issued nor read."""

WORTH_COMPRESSING = 200
"""Characters of values from which on a cursor is compressed; others gain little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page to return."""

    cursor: str = ""
    """``next`` or ``previous`` of another page; ``""`` for the first one."""

    limit: int = USUAL_LIMIT
    """Rows per page, clamped to 1 to ``MAX_LIMIT``."""

    count: Literal["", "exact", "estimate"] = ""
    """Whether to count all rows, which may cost more than the page.

    ``estimate`` is what PostgreSQL's planner expects, in the time of a plan; it is
    exact on other databases, and for a table that PostgreSQL has not analyzed yet.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursors of the next and the previous one."""

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
    """Return one page of ``queryset``, with one query and one more for a count.

    It is one more where a page reaches the rows that have no value in the first column.

    ``order_by`` names fields, annotations or paths along foreign keys, each with ``-``
    for descending; NULLs sort last. The primary key breaks ties, in the direction of
    the last name. The cursors contain the values, signed but readable, so do not order
    by values that the client may not see.

    ``filters`` are those that the client chose; a cursor is only valid with the same
    ones. They are not applied here. Check names from a request against a list first.

    The rows are model instances, or dictionaries of ``values()`` that include the
    columns of the order.

    Raises:
        InvalidCursor: the cursor is malformed, forged, or of another list.
    """
    keys = _keys(queryset, order_by)
    cursors = _Cursors(queryset.model, keys, filters)
    place = cursors.read(request.cursor)
    limit = min(max(request.limit, 1), MAX_LIMIT)
    found = _rows_from(queryset, keys, place, limit + 1)
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
    """The attribute of a row, or the key of a dictionary, with the value."""

    joined: bool = False
    """Whether it is along a foreign key, so that the query must annotate the value."""

    nullable: bool = True
    unique: bool = False
    field: Any = None

    def ascends(self, place: "_Place") -> bool:
        """Return whether the values ascend in the direction of ``place``."""
        return self.descending != place.forward

    def value_of(self, row: Any) -> object:
        if isinstance(row, dict):
            return row[self.attribute if self.attribute in row else self.name]
        return getattr(row, self.attribute)


def _keys(queryset: QuerySet[Any, Any], order_by: Sequence[str]) -> list[_Key]:
    """Return the columns of the order, up to the first one that is unique."""
    keys: dict[str, _Key] = {}
    for name, descending in _names(queryset.model, order_by):
        key = _key(queryset, name, descending=descending)
        keys.setdefault(name, key)
        if key.unique:
            break
    return [*keys.values()]


def _names(model: type[Model], order_by: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each name and whether it is descending; the primary key comes last."""
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
    """A place between two rows, and the direction in which to read from it."""

    forward: bool = True

    values: Sequence[Any] | None = None
    """The values of the row before it; None for the start or the end of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Rows of the list that one plain index serves, and where to begin in them."""

    condition: Q
    keys: Sequence[_Key]
    """The columns that tell where a row stands."""

    values: Sequence[Any] | None
    """The values of the row at which the page begins; None to begin at an end."""


def _rows_from(
    queryset: QuerySet[M, Row], keys: Sequence[_Key], place: _Place, number: int
) -> list[Row]:
    """Return that many rows from ``place`` on, in its direction, or all that follow."""
    if aliases := {key.attribute: F(key.name) for key in keys if key.joined}:
        queryset = queryset.annotate(**aliases)
    found: list[Row] = []
    for part in _parts(keys, place):
        wanted = _Wanted(queryset, keys, place, part, number - len(found))
        rows = wanted.compiled()
        found += wanted.rows(part.values) if rows is None else rows
        if len(found) == number:
            break
    return found


@dataclass(frozen=True, slots=True)
class _Wanted(Generic[M, Row]):
    """The rows of one part that a page needs."""

    queryset: QuerySet[M, Row]
    keys: Sequence[_Key]
    place: _Place
    part: _Part
    number: int

    def rows(self, values: Sequence[Any] | None) -> QuerySet[M, Row]:
        """Return the rows behind these values, or from the end of the part on."""
        part, rows = self.part, self.queryset.filter(self.part.condition)
        if values is not None:
            rows = rows.filter(_ahead(rows.db, part.keys, self.place, values))
        order = [
            _ordering(it, self.place) for it in (_known(self.keys[0]), *self.keys[1:])
        ]
        return rows.order_by(*order)[: self.number]

    def compiled(self) -> list[Row] | None:
        """Return the same rows by SQL that was compiled before, or None."""
        part = self.part
        values = [*zip(part.keys, part.values or (), strict=part.values is not None)]
        if any(key.field is None or value is None for key, value in values):
            return None  # an annotation, or a NULL, which is another comparison
        return _whole_tables.rows(
            self.queryset,
            (
                *[(key.name, key.descending, key.nullable) for key in part.keys],
                part.condition or None,  # an empty Q is slow to hash
                self.place.forward,
                part.values is None,
                self.number,
            ),
            lambda holes: self.rows(None if part.values is None else holes),
            [(key.field, value) for key, value in values],
        )


_whole_tables = CompiledParts()


def _parts(keys: Sequence[_Key], place: _Place) -> Iterator[_Part]:
    """Yield the parts of the list from ``place`` on; rows without a value come last."""
    first, values = keys[0], place.values
    if not first.nullable:
        yield _Part(condition=Q(), keys=keys, values=values)
        return
    is_blank = values is not None and values[0] is None
    condition = Q((f"{first.name}__isnull", False))
    known = _Part(
        condition=condition,
        keys=[_known(first), *keys[1:]],
        values=None if is_blank else values,
    )
    blank = _Part(
        condition=~condition,
        keys=keys[1:],
        values=values[1:] if is_blank and values is not None else None,
    )
    starts = place.values is None or is_blank != place.forward
    both = (known, blank) if place.forward else (blank, known)
    yield from both if starts else both[1:]


def _known(key: _Key) -> _Key:
    """Return the same column of rows that have a value in it, or of those that lack it.

    Such rows need no ``NULLS LAST``, which a plain index does not serve.
    """
    return replace(key, nullable=False) if key.nullable else key


def _ordering(key: _Key, place: _Place) -> OrderBy:
    """Return the ``ORDER BY`` of one column.

    NULLS FIRST or LAST only if it is nullable: a plain index does not serve them.
    """
    nulls = {"nulls_last" if place.forward else "nulls_first": True}
    return OrderBy(
        F(key.name),
        descending=not key.ascends(place),
        **(nulls if key.nullable else {}),
    )


def _ahead(
    alias: str, keys: Sequence[_Key], place: _Place, values: Sequence[Any]
) -> Q | Func:
    """Return the condition for the rows that follow ``place`` in its direction."""
    directions = {key.ascends(place) for key in keys}
    plain = len(directions) == 1 and not any(key.nullable for key in keys)
    if plain and connections[alias].vendor in {"postgresql", "sqlite"}:
        return _row_ahead(keys, values, up=directions.pop())
    first, last = keys[0], keys[-1]
    condition = _value_ahead(last, place, values[-1])
    for key, value in reversed([*zip(keys, values, strict=True)][:-1]):
        condition = _value_ahead(key, place, value) | (_same(key, value) & condition)
    if first.nullable:
        return condition
    # Redundant, but the only part that an index can use to find the place.
    return Q(
        (f"{first.name}__{'gte' if first.ascends(place) else 'lte'}", values[0])
    ) & (condition)


def _row_ahead(keys: Sequence[_Key], values: Sequence[Any], *, up: bool) -> Func:
    """Return ``(a, b) > (x, y)``, which an index on both columns serves directly."""
    columns = [F(key.name) for key in keys]
    given = [
        value if isinstance(value, Hole) else Value(value, output_field=key.field)
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
    """Return the condition for rows after this value; NULLs sort last."""
    if value is None:
        return Q(pk__in=()) if place.forward else Q((f"{key.name}__isnull", False))
    ahead = Q((f"{key.name}__{'gt' if key.ascends(place) else 'lt'}", value))
    if key.nullable and place.forward:
        ahead |= Q((f"{key.name}__isnull", True))
    return ahead


def _same(key: _Key, value: object) -> Q:
    return Q((f"{key.name}__isnull", True) if value is None else (key.name, value))


def _without_aliases(rows: list[Row], keys: Sequence[_Key]) -> list[Row]:
    """Return ``rows`` without the annotations that were added for the order."""
    for name in [key.attribute for key in keys if key.joined]:
        for row in rows:
            (row if isinstance(row, dict) else vars(row)).pop(name, None)
    return rows


# The cursors


class _Cursors:
    """Creates and reads the cursors of one list: one model, order and filters."""

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
            decoded = None if values is None else [_read(value) for value in values]
        except (BadSignature, KeyError, TypeError, ValueError) as error:
            raise InvalidCursor from error
        return _Place(forward=bool(forward), values=decoded)

    def around(
        self, rows: Sequence[Any], place: _Place, *, more: bool
    ) -> tuple[str | None, str | None]:
        """Return the cursors of the pages before and after these rows."""
        continued = place.values is not None
        before, after = (continued, more) if place.forward else (more, continued)
        return (
            self._write(rows[:1], forward=False) if before else None,
            self._write(rows[-1:], forward=True) if after else None,
        )

    def _write(self, row: Sequence[Any], *, forward: bool) -> str:
        """Return the cursor of ``row[0]``; if empty, of the list's start or end."""
        values = [_written(key.value_of(row[0])) for key in self.keys] if row else None
        is_long = len(str(values)) > WORTH_COMPRESSING
        cursor = self.signer.sign_object([int(forward), values], compress=is_long)
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise ValueError("The values of this order are too long for a cursor.")
        return cursor


_KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], object]]] = {
    "u": (UUID, str, UUID),
    "t": (datetime, datetime.isoformat, datetime.fromisoformat),
    "d": (date, date.isoformat, date.fromisoformat),
    "n": (Decimal, str, Decimal),
}
"""Types that JSON lacks; a datetime is a date too, so it comes first."""


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
    """Return a filter's value as JSON; equal values give the same JSON."""
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return str(value)


# The count


def _count(queryset: QuerySet[Any, Any], kind: str) -> int | None:
    if not kind:
        return None
    estimate = _estimate(queryset) if kind == "estimate" else None
    return queryset.count() if estimate is None else estimate


def _estimate(queryset: QuerySet[Any, Any]) -> int | None:
    """Return how many rows the planner expects, or None if it cannot know."""
    if connections[queryset.db].vendor != "postgresql" or queryset.query.is_empty():
        return None
    rows = _rows_of_table(queryset)
    query = queryset.query
    narrowed = query.where or query.distinct or query.combinator or query.group_by
    if rows is None or not narrowed:
        return rows
    plan = json.loads(queryset.order_by().explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])


def _rows_of_table(queryset: QuerySet[Any, Any]) -> int | None:
    """Return the number of rows at the last ANALYZE, or None if there was none."""
    connection = connections[queryset.db]
    table = connection.ops.quote_name(queryset.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)",
            [table],
        )
        row = cursor.fetchone()
    return row[0] if row and row[0] > 0 else None
