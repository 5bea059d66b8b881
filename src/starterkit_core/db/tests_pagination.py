"""Pages show every row once, in any order, also when rows change meanwhile."""

# ruff: noqa: DJ008 - no page shows these models

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from uuid import UUID

import pytest
from django.apps.registry import Apps
from django.core.exceptions import FieldDoesNotExist
from django.core.signing import Signer, b64_decode
from django.db import connection, models
from django.db.migrations.state import AppConfigStub
from django.db.models.functions import Lower
from django.test.utils import CaptureQueriesContext

from starterkit_core.db.pagination import (
    MAX_CURSOR_LENGTH,
    MAX_LIMIT,
    Page,
    PageRequest,
    paginate,
)
from starterkit_core.errors import InvalidCursor

REGISTRY = Apps([AppConfigStub("throwaway")])
"""These models exist in here only; no migration and no check sees them."""


class Throwaway(models.Model):
    class Meta:
        abstract = True
        app_label = "throwaway"
        apps = REGISTRY


class Owner(Throwaway):
    name = models.CharField(max_length=20)
    town = models.CharField(max_length=20, null=True)  # noqa: DJ001 - to page by


class Item(Throwaway):
    id = models.UUIDField(primary_key=True)
    number = models.IntegerField(unique=True)
    rank = models.IntegerField(null=True)
    name = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    made = models.DateTimeField()
    day = models.DateField(null=True)
    flag = models.BooleanField()
    code = models.UUIDField(null=True)
    weight = models.FloatField()
    owner = models.ForeignKey(Owner, models.CASCADE, null=True)
    keeper = models.ForeignKey(Owner, models.CASCADE, related_name="+")

    class Meta(Throwaway.Meta):
        indexes = [models.Index(fields=["made", "id"], name="throwaway_made")]
        ordering = ["name"]


class Note(Throwaway):
    text = models.TextField()


MODELS = [Owner, Item, Note]


@pytest.fixture(scope="module", autouse=True)
def tables(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        fill()
        yield
        with connection.schema_editor() as editor:
            for model in reversed(MODELS):
                editor.delete_model(model)


pytestmark = pytest.mark.django_db

ORDERS = [
    [],
    ["pk"],
    ["-pk"],
    ["number"],
    ["-number"],
    ["made"],
    ["-made"],
    ["-made", "pk"],
    ["rank"],
    ["-rank"],
    ["rank", "-name"],
    ["-rank", "name", "-price"],
    ["name", "rank", "day"],
    ["flag", "-made"],
    ["-flag", "-name", "-made"],
    ["-price"],
    ["price", "-day", "code"],
    ["day", "-pk"],
    ["-code"],
    ["weight", "name"],
    ["owner"],
    ["-owner_id", "keeper"],
    ["owner__name", "-made"],
    ["-owner__town", "keeper__name"],
    ["keeper__name", "name"],
    ["name", "-name", "name"],
]


def uuid(number):
    """Return a UUIDv7 of this number; MariaDB takes no malformed one."""
    return UUID(int=number & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def item(random, number, owners):
    """Return a row with few distinct values and many NULLs."""
    return Item(
        id=uuid(random.getrandbits(128)),
        number=number,
        rank=random.choice([None, -1, 0, 1, 2]),
        name=random.choice(["", "a", "b", "ba", "é", "🎁"]),
        price=random.choice([None, Decimal("0.10"), Decimal("9.99"), Decimal(10)]),
        made=datetime(2026, 1, 1, tzinfo=UTC)
        + timedelta(microseconds=random.choice([0, 1, 999_999, 10**6, 10**9])),
        day=random.choice([None, date(1815, 12, 10), date(2026, 11, 22)]),
        flag=random.choice([True, False]),
        code=random.choice([None, uuid(1), uuid(2**127)]),
        weight=random.choice([0.1, 0.2, 0.1 + 0.2, -1e300]),
        owner=random.choice([None, *owners]),
        keeper=random.choice(owners),
    )


def fill():
    """Save 200 rows, once for all tests."""
    towns = [("Ada", None), ("Bob", "Olinda"), ("Cy", "Olinda"), ("Ada", "Recife")]
    owners = [Owner.objects.create(name=name, town=town) for name, town in towns]
    random = Random(7)  # noqa: S311
    Item.objects.bulk_create(item(random, number, owners) for number in range(200))


@pytest.fixture
def owners():
    return list(Owner.objects.all())


def page_of(order_by, cursor="", queryset=None, limit=20, **options):
    request = PageRequest(cursor=cursor or "", limit=limit, **options)
    rows = Item.objects.all() if queryset is None else queryset
    return paginate(rows, order_by=order_by, request=request)


def walk(order_by, way="next", **options):
    """Return all pages, from one end to the other."""
    pages = [page_of(order_by, **options)]
    if way == "previous":
        pages = [walk(order_by, **options)[-1]]
    while cursor := getattr(pages[-1], way):
        pages.append(page_of(order_by, cursor, **options))
    return pages


def numbers(pages):
    return [row.number for page in pages for row in page.results]


def ordered(order_by):
    """Return the numbers as plain Python sorts them."""
    rows = list(Item.objects.select_related("owner", "keeper"))
    last = order_by[-1][:1] if order_by else ""
    for name in reversed([*order_by, "-pk" if last == "-" else "pk"]):
        value = partial(value_at, path=name.removeprefix("-").split("__"))
        known = [row for row in rows if value(row) is not None]
        known.sort(key=value, reverse=name[0] == "-")
        rows = known + [row for row in rows if value(row) is None]
    return [row.number for row in rows]


def value_at(row, path):
    for part in path:
        row = None if row is None else getattr(row, part)
    return row.pk if isinstance(row, Owner) else row


@pytest.mark.parametrize("order_by", ORDERS, ids=",".join)
def test_shows_every_row_once_in_order_forward_and_back(order_by):
    forward = walk(order_by, limit=17)
    back = walk(order_by, "previous", limit=17)

    assert numbers(forward) == ordered(order_by)
    assert forward[0].previous is forward[-1].next is None
    shown = [[row.number for row in page.results] for page in reversed(back)]
    assert [number for page in shown for number in page] == numbers(forward)
    assert back[0].next is back[-1].previous is None


@pytest.mark.parametrize("order_by", [["-made"], ["rank", "-name"], ["owner__name"]])
def test_back_and_forth_ends_where_it_began(order_by):
    first = page_of(order_by)
    second = page_of(order_by, first.next)
    third = page_of(order_by, second.next)

    again = page_of(order_by, third.previous)

    assert numbers([again]) == numbers([second])
    assert numbers([page_of(order_by, again.previous)]) == numbers([first])
    assert numbers([page_of(order_by, again.next)]) == numbers([third])


@pytest.mark.parametrize("order_by", [["-made"], ["rank", "name"], ["-pk"]])
def test_rows_that_come_meanwhile_shift_no_page(owners, order_by):
    random = Random(8)  # noqa: S311
    before = numbers(walk(order_by))
    pages = [page_of(order_by)]
    number = 1_000

    while pages[-1].next:
        Item.objects.bulk_create(item(random, number + n, owners) for n in range(9))
        number += 9
        pages.append(page_of(order_by, pages[-1].next))

    seen = numbers(pages)
    assert len(seen) == len(set(seen))
    assert [number for number in seen if number < 1_000] == before


@pytest.mark.parametrize("order_by", [["-made"], ["rank", "name"]])
def test_the_row_at_which_a_cursor_stands_may_go(order_by):
    first = page_of(order_by)
    rest = numbers(walk(order_by))[20:]

    first.results[-1].delete()

    assert numbers([page_of(order_by, first.next)]) == rest[:20]


def test_from_a_page_that_was_emptied_there_is_a_way_on():
    first = page_of(["number"], limit=100)
    second = page_of(["number"], first.next)
    Item.objects.filter(number__gte=100).delete()

    emptied = page_of(["number"], first.next)

    assert (emptied.results, emptied.next) == ([], None)
    assert numbers([page_of(["number"], emptied.previous)]) == [*range(80, 100)]
    Item.objects.all().delete()
    nothing = page_of(["number"], second.previous)
    assert (nothing.results, nothing.previous) == ([], None)
    assert page_of(["number"], nothing.next) == page_of(["number"])


def test_a_list_without_rows_is_one_empty_page():
    Item.objects.all().delete()

    assert page_of(["-made"]) == Page(results=[], next=None, previous=None)


def test_a_page_that_ends_with_the_last_row_has_no_next():
    assert page_of(["-made"], queryset=Item.objects.filter(number__lt=20)).next is None


@pytest.mark.parametrize("order_by", ORDERS, ids=",".join)
def test_a_page_is_one_query(order_by):
    cursor = page_of(order_by).next

    with CaptureQueriesContext(connection) as asked:
        page_of(order_by, cursor)

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("limit", "rows"), [(-1, 1), (0, 1), (1, 1), (10**9, MAX_LIMIT)]
)
def test_a_page_has_a_sensible_length(limit, rows):
    assert len(page_of(["number"], limit=limit).results) == rows


def test_keeps_filters_and_joins_of_the_queryset():
    queryset = Item.objects.filter(flag=True).select_related("keeper")

    pages = walk(["keeper__name"], queryset=queryset)

    assert sorted(numbers(pages)) == sorted(
        Item.objects.filter(flag=True).values_list("number", flat=True)
    )
    row = pages[1].results[0]
    assert "keeper" in row._state.fields_cache
    assert not [name for name in vars(row) if name.startswith("page_key")]


def test_pages_by_an_annotation():
    queryset = Item.objects.annotate(lower=Lower("owner__town"))

    shown = numbers(walk(["-lower", "number"], queryset=queryset))

    towns = {row.number: row.lower for row in queryset}
    assert sorted(shown) == [*range(200)]
    assert [towns[number] for number in shown] == sorted(
        towns.values(), key=lambda town: (town is not None, town or ""), reverse=True
    )


@pytest.mark.parametrize("order_by", [["-made"], ["owner"], ["owner__name", "rank"]])
def test_pages_dictionaries(order_by):
    queryset = Item.objects.values("id", "number", "made", "owner", "rank")

    pages = walk(order_by, queryset=queryset)

    rows = [row for page in pages for row in page.results]
    assert [row["number"] for row in rows] == ordered(order_by)
    assert set(rows[0]) == {"id", "number", "made", "owner", "rank"}


def test_numbers_at_their_ends_page_too(owners):
    random = Random(9)  # noqa: S311
    rows = [item(random, n, owners) for n in (-(2**31), 0, 2**31 - 1)]
    for row, rank in zip(rows, (2**31 - 1, -(2**31), None), strict=True):
        row.rank = rank
    Item.objects.all().delete()
    Item.objects.bulk_create(rows)

    for order_by in (["rank"], ["-rank"], ["number"]):
        assert numbers(walk(order_by, limit=1)) == ordered(order_by)


# Cursors


@pytest.mark.parametrize(
    "break_it",
    [
        lambda cursor: cursor[:-1],
        lambda cursor: cursor[1:],
        lambda cursor: cursor + "x",
        lambda cursor: "A" + cursor,
        lambda cursor: cursor.rpartition(".")[0],
        lambda cursor: cursor.rpartition(".")[0] + ".",
        lambda cursor: cursor.swapcase(),
        lambda cursor: cursor.replace(".", ":"),
        lambda cursor: Signer(sep=".").sign_object([1, [1]]),
        lambda cursor: json.dumps([1, [1]]),
        lambda cursor: "garbage",
        lambda cursor: ".",
        lambda cursor: "..",
        lambda cursor: "\x00",
        lambda cursor: "\ud800.\ud800",
        lambda cursor: "é.é",
        lambda cursor: cursor + "=" * MAX_CURSOR_LENGTH,
        lambda cursor: "x" * 10_000_000,
    ],
)
def test_refuses_a_cursor_that_is_not_ours(break_it):
    cursor = page_of(["-made"]).next

    with pytest.raises(InvalidCursor) as refusal:
        page_of(["-made"], break_it(cursor))

    assert (refusal.value.code, refusal.value.status) == ("invalid_cursor", 400)


@pytest.mark.parametrize(
    ("order_by", "filters", "model"),
    [
        (["made"], {"flag": True}, Item),
        (["-made", "name"], {"flag": True}, Item),
        (["-rank"], {"flag": True}, Item),
        (["-made"], {"flag": False}, Item),
        (["-made"], {}, Item),
        (["-made"], {"flag": True, "name": ""}, Item),
        (["-made"], {"flag": "True"}, Item),
        (["-pk"], {"flag": True}, Owner),
    ],
)
def test_refuses_the_cursor_of_another_list(order_by, filters, model):
    def page(order_by, filters, model, cursor=""):
        return paginate(
            model.objects.all(),
            order_by=order_by,
            request=PageRequest(cursor=cursor),
            filters=filters,
        )

    cursor = page(["-made"], {"flag": True}, Item).next

    assert page(["-made"], {"flag": True}, Item, cursor).results
    with pytest.raises(InvalidCursor):
        page(order_by, filters, model, cursor)


def test_equal_filters_are_the_same_list():
    def page(filters, cursor=""):
        request = PageRequest(cursor=cursor)
        rows = Item.objects.all()
        return paginate(rows, order_by=["pk"], request=request, filters=filters)

    cursor = page({"day": date(2026, 1, 1), "names": {"a", "b", "c"}}).next

    assert page({"names": {"c", "b", "a"}, "day": date(2026, 1, 1)}, cursor).results


def test_refuses_a_cursor_signed_with_another_key(settings):
    cursor = page_of(["-made"]).next

    settings.SECRET_KEY = "another"

    with pytest.raises(InvalidCursor):
        page_of(["-made"], cursor)
    settings.SECRET_KEY_FALLBACKS = ["only-for-tests-" + "x" * 40, "x" * 50]
    assert page_of(["-made"], cursor).results


def test_a_cursor_needs_no_quoting_in_a_url():
    [cursor] = {page_of(["-made", "name"]).next}

    assert cursor.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert len(cursor) < 250


def test_a_cursor_shows_only_the_values_of_the_order():
    cursor = page_of(["number"]).next

    body = json.loads(b64_decode(cursor.partition(".")[0].encode()))
    assert body == [1, [19]]


def test_long_values_page_as_far_as_a_url_reaches():
    Note.objects.bulk_create(Note(text="x" * 50_000 + str(n)) for n in range(3))
    request = PageRequest(limit=2)
    first = paginate(Note.objects.all(), order_by=["text"], request=request)
    assert len(first.next) < 300

    Note.objects.update(text="".join(map(chr, range(0x4E00, 0x4E00 + 5_000))))
    with pytest.raises(ValueError, match="too long"):
        paginate(Note.objects.all(), order_by=["text"], request=request)


# Counts


@pytest.mark.parametrize("kind", ["exact", "estimate"])
def test_counts_all_rows_when_asked(kind):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {Item._meta.db_table}")  # what is guessed from

    with CaptureQueriesContext(connection) as asked:
        page = page_of(["-made"], count=kind)
        narrowed = page_of(
            ["-made"], queryset=Item.objects.filter(flag=True), count=kind
        )

    assert page.count == 200
    number = Item.objects.filter(flag=True).count()
    is_guess = kind == "estimate" and connection.vendor == "postgresql"
    assert narrowed.count == number or (is_guess and 0 < narrowed.count <= 200)
    assert len(asked) <= 2 * 3
    assert page_of(["-made"], page.next, count=kind).count == 200
    assert page_of(["-made"]).count is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL knows")
def test_an_estimate_runs_no_count_query():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE throwaway_item")
    Item.objects.filter(number=0).delete()
    narrowed = Item.objects.filter(number__lt=50)

    with CaptureQueriesContext(connection) as asked:
        page = page_of(["-made"], count="estimate")
        few = page_of(["-made"], queryset=narrowed, count="estimate")

    assert page.count == 200
    assert 40 <= few.count <= 60
    assert not [query for query in asked if "COUNT(" in query["sql"]]
    assert page_of([], queryset=Item.objects.none(), count="estimate").count == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL knows")
def test_an_estimate_counts_what_was_never_analyzed():
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = -1 WHERE oid = to_regclass(%s)",
            ["throwaway_item"],
        )
    narrowed = Item.objects.filter(number__lt=7)

    assert page_of([], queryset=narrowed, count="estimate").count == 7


# The database


@pytest.mark.parametrize("order_by", [["day"], ["-day"], ["-rank", "-name"]])
@pytest.mark.parametrize("way", ["next", "previous"])
def test_a_nullable_order_runs_queries_that_a_plain_index_answers(order_by, way):
    pages = walk(order_by, way, limit=17)

    with CaptureQueriesContext(connection) as asked:
        again = [page_of(order_by, limit=17)]
        while cursor := again[-1].next:
            again.append(page_of(order_by, cursor, limit=17))

    assert len(asked) == len(pages) + 1  # the one page with rows of both kinds
    assert not [query for query in asked if "NULLS" in query["sql"]]


@pytest.mark.parametrize(("order_by", "says"), [(["-made"], "<"), (["made"], ">")])
@pytest.mark.skipif(
    connection.vendor not in {"postgresql", "sqlite"}, reason="others do it otherwise"
)
def test_a_plain_order_runs_a_query_that_a_plain_index_answers(order_by, says):
    cursor = page_of(order_by).next

    with CaptureQueriesContext(connection) as asked:
        page_of(order_by, cursor)

    [query] = asked
    made, pk = '"throwaway_item"."made"', '"throwaway_item"."id"'
    assert f"({made}, {pk}) {says} (" in query["sql"]
    assert "NULLS" not in query["sql"]
    assert " OR " not in query["sql"]


def test_an_unknown_name_is_the_programmers_mistake():
    for order_by in (["unknown"], ["made__year"], ["owner__unknown"]):
        with pytest.raises((FieldDoesNotExist, AttributeError)):
            page_of(order_by)


def test_cannot_page_by_a_value_that_no_cursor_can_hold():
    queryset = Item.objects.annotate(length=models.F("made") - models.F("made"))

    with pytest.raises(TypeError, match="timedelta"):
        page_of(["length"], queryset=queryset)
