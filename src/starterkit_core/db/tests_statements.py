"""Compiled statements: what the ORM would do, without compiling it again."""

# ruff: noqa: DJ008 - nobody sees these models

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.apps.registry import Apps
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.state import AppConfigStub
from django.db.models.functions import Now, Upper
from django.db.models.signals import post_save, pre_save
from django.db.models.sql.compiler import SQLCompiler, SQLInsertCompiler
from django.test.utils import CaptureQueriesContext

from starterkit_core.db._statements import insert, tally, update

REGISTRY = Apps([AppConfigStub("discarded")])
"""These models exist in here only; no migration and no check sees them."""

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


class Discarded(models.Model):
    class Meta:
        abstract = True
        app_label = "discarded"
        apps = REGISTRY


class ShoutField(models.CharField):
    """A field with a form of its own in the database and in Python."""

    def get_prep_value(self, value):
        return value and value.lower()

    def from_db_value(self, value, expression, connection):
        return value and value.upper()


class UpperField(models.CharField):
    """A field of a host that writes SQL of its own."""

    def get_db_prep_save(self, value, connection):
        return Upper(models.Value(value))


class Owner(Discarded):
    name = models.CharField(max_length=20)


class Gadget(Discarded):
    id = models.UUIDField(primary_key=True, default=uuid4)
    made_at = models.DateTimeField(auto_now_add=True)
    owner = models.ForeignKey(Owner, models.CASCADE)
    slug = models.SlugField(unique=True)
    shout = ShoutField(max_length=20)
    seen = models.DateTimeField(null=True)
    notes = models.JSONField(default=dict)
    size = models.IntegerField(default=0)

    class Meta(Discarded.Meta):
        ordering = ["-seen"]


class Widget(Gadget):
    weight = models.IntegerField()

    class Meta(Discarded.Meta):
        pass


class Loud(Discarded):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = UpperField(max_length=20)


MODELS = [Owner, Gadget, Widget, Loud]


@pytest.fixture(scope="module", autouse=True)
def tables(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        yield
        with connection.schema_editor() as editor:
            for model in reversed(MODELS):
                editor.delete_model(model)


pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return Owner.objects.create(name="Ada")


@pytest.fixture
def new(owner):
    """Return a function that makes a gadget and does not save it."""

    def make(number=1, **changes):
        fields = {"slug": f"gadget-{number}", "shout": "HEY", "seen": NOON}
        return Gadget(**{"owner": owner} | fields | changes)

    return make


@pytest.fixture
def no_compiler(monkeypatch):
    """Return a function after which the ORM compiles no SQL any more."""

    def refuse(self, *args, **kwargs):
        pytest.fail("compiled again")

    def take_away():
        for compiler in (SQLCompiler, SQLInsertCompiler):
            monkeypatch.setattr(compiler, "as_sql", refuse)

    return take_away


def columns(gadget):
    return Gadget.objects.filter(pk=gadget.pk).values().get()


def statements(action):
    with CaptureQueriesContext(connection) as queries:
        action()
    return [query["sql"] for query in queries]


def test_inserts_as_the_orm_does(new):
    ours, theirs = new(1, notes={"a": [1, "ü"]}, seen=None), new(2)
    theirs.notes, theirs.seen = {"a": [1, "ü"]}, None

    insert(ours)
    theirs.save(force_insert=True)

    own = {"id", "slug", "made_at"}
    rows = [columns(ours), columns(theirs)]
    first, second = (
        {name: row[name] for name in row if name not in own} for row in rows
    )
    assert first == second
    assert columns(ours)["made_at"] == ours.made_at
    assert (ours._state.adding, ours._state.db) == (False, "default")


def test_runs_one_statement_and_compiles_it_once(new, owner, no_compiler):
    where = {"owner_id": owner.pk, "seen__gt": NOON - timedelta(days=1)}
    actions = [
        lambda number: insert(new(number)),
        lambda number: update(Gadget, where, {"size": number, "seen": NOON}),
        lambda number: tally(Gadget, where, ("size",), {"seen__lt": NOON}),
    ]
    for action in actions:
        action(1)

    no_compiler()

    assert [len(statements(lambda a=action: a(2))) for action in actions] == [1] * 3
    assert tally(Gadget, where, ("size",), {"seen__lt": NOON}) == {(2,): 0}


def test_absent_values_are_another_statement(new):
    for gadget in (new(1), new(2, seen=None), new(3), new(4, seen=None)):
        insert(gadget)

    def number(seen):
        return sum(tally(Gadget, {"seen": seen}, ("size",), {"size": 0}).values())

    found = {seen: number(seen) for seen in (NOON, None, NOON)}
    update(Gadget, {"seen": None}, {"seen": NOON})
    update(Gadget, {"slug": "gadget-1"}, {"seen": None})

    assert found == {NOON: 2, None: 2}
    assert number(NOON) == 3


def test_updates_as_the_orm_does_and_returns_how_many(new):
    gadgets = [new(number) for number in range(3)]
    for gadget in gadgets:
        insert(gadget)
    where, values = {"pk": gadgets[0].pk, "size": 0}, {"size": 7, "shout": "WHAT"}

    ours = statements(lambda: update(Gadget, where, values))
    again = statements(lambda: update(Gadget, where, values))
    theirs = statements(lambda: Gadget.objects.filter(**where).update(**values))

    assert ours == again == theirs
    assert Gadget.objects.get(size=7).shout == "WHAT"
    assert [update(Gadget, {"size": size}, {"size": size}) for size in (0, 7, 9)] == [
        2,
        1,
        0,
    ]


def test_tallies_the_matching_rows_of_each_group(new):
    for number in range(5):
        seen = None if number < 3 else NOON
        insert(new(number, size=number % 2, seen=seen))
    where = {"size__lt": 9, "made_at__gt": NOON - timedelta(days=9_999)}

    found = tally(Gadget, where, ("size",), {"seen": None, "size__gt": 0})

    assert found == {(0,): 0, (1,): 1}


def test_tallies_values_as_python_knows_them(new):
    for number in range(4):
        insert(new(number, size=number % 2))

    assert tally(Gadget, {"shout": "HEY"}, ("shout", "size"), {"size": 1}) == {
        ("HEY", 0): 0,
        ("HEY", 1): 2,
    }


def test_sends_the_signals_that_the_orm_sends(new, received):
    before, after = received(pre_save), received(post_save)

    insert(new(1))
    new(2).save(force_insert=True)

    for told in (before, after):
        ours, theirs = (
            {name: fact for name, fact in facts.items() if name != "instance"}
            for facts in told
        )
        assert ours == theirs


def test_an_error_spoils_the_transaction_as_the_orm_does(new):
    insert(new(1))

    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(new(1))
        assert connection.needs_rollback


def test_what_cannot_be_kept_is_done_by_the_orm(owner):
    widget = Widget(slug="w", shout="HEY", owner=owner, weight=3, seen=NOON)

    insert(widget)
    insert(Loud(name="one"))
    insert(Loud(name="two"))
    numbered = Owner(name="Grace")
    insert(numbered)
    updated = update(Widget, {"weight": 3}, {"size": 4, "weight": 5})

    assert Widget.objects.values_list("size", "weight").get() == (4, 5)
    assert sorted(Loud.objects.values_list("name", flat=True)) == ["ONE", "TWO"]
    assert (updated, Owner.objects.get(pk=numbered.pk)) == (1, numbered)


def test_an_expression_is_never_taken_for_a_value(new):
    gadget = new(1)
    insert(new(2))
    gadget.seen = Now()
    insert(gadget)

    update(Gadget, {"slug": "gadget-2"}, {"size": 1})
    update(Gadget, {"slug": "gadget-2"}, {"size": models.F("size") + 1})
    update(Gadget, {"slug": "gadget-2"}, {"size": 5})
    update(Gadget, {"slug": "gadget-2"}, {"size": models.F("size") + 1})

    assert Gadget.objects.get(slug="gadget-1").seen > NOON
    assert Gadget.objects.get(slug="gadget-2").size == 6
