"""Compiled statements: what the ORM would do, without compiling it again."""

# ruff: noqa: DJ008 - no page shows these models

import gc
import weakref
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec, module_from_spec
from threading import Thread
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.migrations.state import AppConfigStub
from django.db.models import lookups, sql
from django.db.models.fields import related_lookups
from django.db.models.functions import Now, Upper
from django.db.models.signals import post_save, pre_save
from django.db.models.sql.compiler import (
    SQLCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django.test.utils import CaptureQueriesContext, override_settings

from starterkit_core.db import _statements
from starterkit_core.db._statements import insert, tally, update

REGISTRY = Apps([AppConfigStub("discarded")])
"""These models exist in here only; no migration and no check sees them."""

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


class Discarded(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(max_length=20, default="Ada")

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


class SometimesUpperField(models.CharField):
    """A field of a host that writes SQL of its own for texts."""

    def get_db_prep_save(self, value, connection):
        return Upper(models.Value(value)) if isinstance(value, str) else value


class TrimmedField(models.CharField):
    """A field of a host whose value does not stand in the SQL alone."""

    def get_placeholder(self, value, compiler, connection):
        return "TRIM(%s)"

    def get_placeholder_sql(self, value, compiler, connection):
        return "TRIM(%s)", [value]


class StrictField(models.CharField):
    """A field of a host that takes no expressions."""

    def get_db_prep_save(self, value, connection):
        if not isinstance(value, str):
            raise ValidationError("no text")
        return super().get_db_prep_save(value, connection)


class BlankAsNullField(models.CharField):
    """A field of a host that stores NULL for ""."""

    def get_prep_value(self, value):
        return super().get_prep_value(value) or None


class LooseField(models.CharField):
    """A field of a host where "*" equals all."""


@LooseField.register_lookup
class LooseExact(lookups.Exact):
    def as_sql(self, compiler, connection):
        if self.rhs == "*":
            return "1 = 1", []
        return super().as_sql(compiler, connection)


class Owner(Discarded):
    id = models.BigAutoField(primary_key=True)


class Gadget(Discarded):
    made_at = models.DateTimeField(auto_now_add=True)
    owner = models.ForeignKey(Owner, models.CASCADE)
    slug = models.SlugField(unique=True)
    shout = ShoutField(max_length=20)
    seen = models.DateTimeField(null=True)
    notes = models.JSONField(default=dict, null=True)
    size = models.IntegerField(default=0)
    on = models.BooleanField(default=True)

    class Meta(Discarded.Meta):
        ordering = ["-seen"]


class Proxy(Gadget):
    class Meta(Discarded.Meta):
        proxy = True


class Widget(Gadget):
    weight = models.IntegerField(default=0)

    class Meta(Discarded.Meta):
        pass


class Photo(Discarded):
    photo = models.BinaryField(default=b"\x00\xff")


class Pair(models.Model):
    pk = models.CompositePrimaryKey("left", "right")
    left = models.UUIDField(default=uuid4)
    right = models.IntegerField()

    class Meta(Discarded.Meta):
        abstract = False


class Loud(Discarded):
    loud = UpperField(max_length=20, default="ada")


class SometimesLoud(Discarded):
    loud = SometimesUpperField(max_length=20, default="ada")


class Trimmed(Discarded):
    text = TrimmedField(max_length=20, default=" ada ")


class Strict(Discarded):
    text = StrictField(max_length=20, default="ada")


class Blank(Discarded):
    text = BlankAsNullField(max_length=20, default="", null=True)


class Loose(Discarded):
    text = LooseField(max_length=20, default="ada")


class Tracked(Discarded):
    def save_base(self, *args, **kwargs):
        self.name = f"{self.name} tracked"
        super().save_base(*args, **kwargs)


class Filled(Discarded):
    filled = models.IntegerField(db_default=7)


class Generated(Discarded):
    twice = models.GeneratedField(
        expression=models.F("name"),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )


class Ordered(Discarded):
    owner = models.ForeignKey(Owner, models.CASCADE, null=True)

    class Meta(Discarded.Meta):
        order_with_respect_to = "owner"


class AdaManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(name="Ada")


class OnlyAda(Discarded):
    objects = AdaManager()

    class Meta(Discarded.Meta):
        base_manager_name = "objects"


class HonouringQuerySet(models.QuerySet):
    def update(self, **values):
        return super().update(**{name: f"Dr {it}" for name, it in values.items()})


class Honoured(Discarded):
    objects = HonouringQuerySet.as_manager()

    class Meta(Discarded.Meta):
        base_manager_name = "objects"


LEFT_TO_THE_ORM = [
    Loud,
    SometimesLoud,
    Trimmed,
    Strict,
    Tracked,
    Filled,
    Generated,
    Ordered,
    OnlyAda,
    Honoured,
]
MODELS = [Owner, Gadget, Widget, Photo, Pair, Blank, Loose, *LEFT_TO_THE_ORM]


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


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """Start each test without a compiled statement."""
    monkeypatch.setattr(_statements, "_plans", {})


@pytest.fixture
def owner():
    return Owner.objects.create()


@pytest.fixture
def new(owner):
    """Return a function that makes a gadget and does not save it."""

    def make(number=1, **changes):
        fields = {"slug": f"gadget-{number}", "shout": "HEY", "seen": NOON}
        return Gadget(**{"owner": owner} | fields | changes)

    return make


@pytest.fixture
def compiled(monkeypatch):
    """Return the statements that the ORM has compiled, a growing list."""
    found = []
    for compiler in (SQLInsertCompiler, SQLUpdateCompiler):
        as_sql = compiler.as_sql
        monkeypatch.setattr(
            compiler,
            "as_sql",
            lambda self, as_sql=as_sql: found.append(self) or as_sql(self),
        )
    return found


def row(instance):
    return models.QuerySet(type(instance)).values().get(pk=instance.pk)


def without(own, *rows):
    return [{name: r[name] for name in r if name not in own} for r in rows]


def statements(action):
    with CaptureQueriesContext(connection) as queries:
        action()
    return [query["sql"] for query in queries]


def plainly(model, where, values):
    return model._base_manager.filter(**where).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"seen": None, "notes": None, "on": False},
        {"notes": {"a": [1, None, "ü"]}, "name": "", "size": -7},
        {"name": "100% %s"},
    ],
)
def test_inserts_as_the_orm_does(new, compiled, values):
    ours, again, theirs = (new(number, **values) for number in range(3))

    insert(ours)
    insert(again)
    theirs.save_base(force_insert=True)

    first, second, third = without(
        {"id", "slug", "made_at"}, row(ours), row(again), row(theirs)
    )
    assert first == second == third
    assert row(ours)["made_at"] == ours.made_at
    assert (ours._state.adding, ours._state.db) == (False, "default")
    assert len(compiled) == 2  # theirs is the second


@pytest.mark.parametrize(
    ("where", "values"),
    [
        ({"pk": True, "size": 0}, {"size": 7, "shout": "WHAT"}),
        ({"seen": NOON, "pk": True, "slug": "gadget-1"}, {"size": 7}),
        ({"owner_id": True}, {"notes": {"a": "ü"}, "name": "100% %s"}),
        ({"owner": True, "seen": NOON}, {"seen": None, "notes": None}),
        ({"shout": "HEY"}, {"on": False}),
        ({}, {"size": 3}),
    ],
)
def test_updates_as_the_orm_does(new, compiled, where, values):
    for number in range(3):
        insert(new(number))
    gadget = Gadget.objects.get(slug="gadget-1")
    own = {"pk": gadget.pk, "owner": gadget.owner_id, "owner_id": gadget.owner_id}
    where = {name: own.get(name, value) for name, value in where.items()}
    before = [*Gadget.objects.values()]
    found = []

    def run(action):
        with transaction.atomic():
            sent = statements(lambda: found.append(action(Gadget, where, values)))
            found.append([*Gadget.objects.order_by("slug").values()])
            transaction.set_rollback(True)
        return sent

    assert run(update) == run(update) == run(plainly)
    assert found[:2] == found[2:4] == found[4:]
    assert found[0] > 0
    assert [*Gadget.objects.values()] == before
    assert len(compiled) == 3  # the INSERT, the UPDATE, and theirs


def test_each_shape_is_compiled_once(new, compiled):
    def run(number):
        insert(new(number, seen=None if number % 2 else NOON, on=bool(number % 3)))
        pk = Gadget.objects.get(slug=f"gadget-{number}").pk
        yield update(Gadget, {"pk": pk, "on": bool(number % 3)}, {"size": number})
        yield update(Gadget, {"size": number, "seen": None}, {"seen": NOON, "on": True})
        yield update(Gadget, {"size": number, "seen": NOON}, {"seen": None})

    assert [[*run(number)] for number in range(1, 5)] == [
        [1, 1, 1],
        [1, 0, 1],
        [1, 1, 1],
        [1, 0, 1],
    ]
    assert len(compiled) == 4


def test_a_condition_on_a_boolean_is_one_statement(new, compiled):
    for number in range(3):
        insert(new(number, on=number > 0))
    del compiled[:]

    found = [update(Gadget, {"on": on}, {"size": 1}) for on in (True, False, True)]

    assert found == [2, 1, 2]
    assert len(compiled) == 1


def test_absent_values_are_another_statement(new, compiled):
    for gadget in (new(1), new(2, seen=None), new(3), new(4, seen=None)):
        insert(gadget)
    del compiled[:]

    found = [update(Gadget, {"seen": it}, {"size": 1}) for it in (NOON, None, NOON)]
    update(Gadget, {"seen": None}, {"seen": NOON})
    update(Gadget, {"slug": "gadget-1"}, {"seen": None})

    assert found == [2, 2, 2]
    assert update(Gadget, {"seen": NOON}, {"size": 2}) == 3
    assert len(compiled) == 4


def test_order_and_names_do_not_mix_the_values_up(new):
    insert(new(1, size=5, name="five"))

    one = update(Gadget, {"size": 5, "name": "five"}, {"name": "six", "size": 6})
    other = update(Gadget, {"name": "six", "size": 6}, {"size": 7, "name": "seven"})

    assert (one, other) == (1, 1)
    assert Gadget.objects.values_list("name", "size").get() == ("seven", 7)


@pytest.fixture
def counted_in(new):
    """Return a function that tallies gadgets, checked against the plain ORM."""
    for number in range(5):
        seen = None if number < 3 else NOON + timedelta(days=number)
        insert(new(number, size=number % 2, seen=seen, name=f"{number % 3}"))

    def check(where, columns, counted):
        found = tally(Gadget, where, columns, counted)
        groups = Gadget.objects.filter(**where).order_by()
        for group in groups.values_list(*columns):
            rows = groups.filter(**dict(zip(columns, group, strict=True)))
            assert found[group] == (rows.filter(**counted).count(), rows.count())
        assert sum(each.rows for each in found.values()) == groups.count()
        return found

    return check


@pytest.fixture
def selected(monkeypatch):
    """Return the SELECT statements that the ORM has compiled, a growing list."""
    found, as_sql = [], SQLCompiler.as_sql

    def counted(self, *args, **kwargs):
        found.append(self)
        return as_sql(self, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    return found


@pytest.mark.parametrize(
    ("where", "columns", "counted"),
    [
        ({"on": True}, ("name",), {"seen": None}),
        ({"on": True}, ("name", "owner"), {"seen__gt": NOON, "size": 1}),
        ({"on": False}, ("name",), {"seen": None}),
        ({}, ("name",), {"seen__gt": NOON + timedelta(days=3)}),
        ({"size__lt": 9}, ("size",), {"seen": None, "size__gt": 0}),
        ({"on": True}, ("shout", "size"), {"size": 1}),
        ({"seen": None}, ("size",), {"size": 2**70}),
        ({"shout": "HEY"}, ("size",), {"made_at__gt": NOON}),
    ],
)
def test_tallies_as_the_orm_does(counted_in, where, columns, counted):
    assert counted_in(where, columns, counted) == tally(Gadget, where, columns, counted)


def test_a_group_without_a_counted_row_counts_zero(counted_in):
    later = {"seen__gt": NOON + timedelta(days=99)}

    found = counted_in({"on": True}, ("size",), later)
    assert {group: each.counted for group, each in found.items()} == {(0,): 0, (1,): 0}


def test_a_tally_is_one_query_that_is_compiled_once(counted_in, selected):
    def run(size):
        counted = {"seen__gt": NOON, "size": size}
        return statements(lambda: tally(Gadget, {"on": True}, ("name",), counted))

    assert [len(run(size)) for size in (0, 1, 2)] == [1] * 3
    assert len(selected) == 1


@pytest.mark.parametrize(
    "broken",
    [
        lambda answer: answer()[:1],
        lambda answer: (answer()[0], ()),
        lambda answer: (answer()[0], [*answer()[1], 1]),
        lambda answer: {}["moved"],
    ],
)
def test_the_plain_orm_tallies_what_a_future_django_compiles_differently(
    counted_in, monkeypatch, caplog, broken
):
    once(monkeypatch, SQLCompiler, "as_sql", broken)

    found = tally(Gadget, {"on": True}, ("size",), {"seen": None})

    assert {group: each.counted for group, each in found.items()} == {(0,): 2, (1,): 1}
    assert [it.name for it in caplog.records] == ["starterkit.statements"]


def test_updates_the_user_model_of_any_host(make_user, compiled):
    user, other = make_user(), make_user()
    model = get_user_model()
    where = {"pk": user.pk, "password": user.password, "is_active": True}
    del compiled[:]

    for moment in (NOON, NOON + timedelta(days=1)):
        assert update(model, where, {"last_login": moment}) == 1
        assert model._base_manager.get(pk=user.pk).last_login == moment
    assert update(model, where | {"is_active": False}, {"last_login": NOON}) == 0
    assert update(model, where | {"password": "x"}, {"last_login": NOON}) == 0

    assert model._base_manager.get(pk=other.pk).last_login is None
    assert len(compiled) == 1


@pytest.mark.parametrize("signals", [(post_save,), (pre_save, post_save)])
def test_sends_the_signals_that_the_orm_sends(new, received, signals):
    heard = [received(signal) for signal in signals]

    insert(new(1))
    new(2).save_base(force_insert=True)

    for told in heard:
        ours, theirs = (
            {name: fact for name, fact in facts.items() if name != "instance"}
            for facts in told
        )
        assert ours == theirs


def test_a_pre_save_receiver_may_change_what_is_inserted(new):
    def change(instance, **kwargs):
        instance.size = models.Value(3) + 4
        instance.pk = None

    pre_save.connect(change, sender=Gadget)
    try:
        insert(new(1))
    finally:
        pre_save.disconnect(change, sender=Gadget)

    assert Gadget.objects.get().size == 7


def test_an_error_breaks_the_transaction_as_the_orm_does(new):
    insert(new(1))

    for wrong, error in [({}, IntegrityError), ({"size": "many"}, ValueError)]:
        for run in (insert, lambda gadget: gadget.save_base(force_insert=True)):
            with transaction.atomic():
                with pytest.raises(error):
                    run(new(1, **wrong))
                assert connection.needs_rollback


@pytest.mark.parametrize("run", [update, plainly])
def test_a_mistake_raises_what_the_orm_raises(new, run):
    insert(new(1))

    for _ in range(2):
        with pytest.raises(FieldError):
            run(Gadget, {"unknown": 1}, {"size": 1})
        with pytest.raises(FieldDoesNotExist):
            run(Gadget, {"size": 1}, {"unknown": 1})
        with pytest.raises(FieldDoesNotExist):
            run(Gadget, {"size": 1}, {"pk": uuid4()})
        with pytest.raises(ValidationError):
            run(Gadget, {"pk": "garbage"}, {"size": 1})
        with transaction.atomic():
            with pytest.raises(ValueError, match="number"):
                run(Gadget, {"slug": "gadget-1"}, {"size": "many"})
            assert connection.needs_rollback


@pytest.mark.parametrize("model", LEFT_TO_THE_ORM, ids=lambda model: model.__name__)
def test_a_model_that_saves_its_own_way_is_left_to_the_orm(model, compiled, caplog):
    ours, again, theirs = model(), model(), model()

    insert(ours)
    insert(again)
    theirs.save_base(force_insert=True)

    mine, more, plain = without({"id", "_order"}, *map(row, (ours, again, theirs)))
    assert mine == more == plain
    assert len(compiled) == 3 + (model is SometimesLoud)  # where only values tell
    assert not caplog.records


@pytest.mark.parametrize(
    "model",
    [Loud, SometimesLoud, Trimmed, Strict, OnlyAda, Honoured],
    ids=lambda model: model.__name__,
)
def test_a_model_that_updates_its_own_way_is_left_to_the_orm(model, compiled, caplog):
    ours, theirs = model(), model()
    for instance in (ours, theirs):
        instance.save()
    name = model._meta.concrete_fields[-1].name

    for value in (" Bob ", "Ada"):
        del compiled[:]
        mine = [update(model, {"pk": ours.pk}, {name: value}) for _ in range(2)]
        plain = [plainly(model, {"pk": theirs.pk}, {name: value}) for _ in range(2)]
        first, second = without({"id"}, row(ours), row(theirs))
        assert (mine, first) == (plain, second)
        assert len(compiled) >= 4
    assert not caplog.records


def test_rows_in_two_tables_and_numbered_ones_are_left_to_the_orm(owner, compiled):
    widgets = [Widget(slug=f"w{n}", shout="HEY", owner=owner) for n in range(2)]
    numbered, proxy = Owner(), Proxy(slug="p", shout="HEY", owner=owner)

    for instance in (*widgets, numbered, proxy):
        insert(instance)
    updated = update(Widget, {"weight": 0}, {"size": 4, "weight": 5})
    updated_proxy = update(Proxy, {"slug": "p"}, {"size": 9})

    assert (updated, updated_proxy) == (2, 1)
    assert [*Widget.objects.values_list("size", "weight")] == [(4, 5)] * 2
    assert Gadget.objects.get(size=9).pk == proxy.pk
    assert Owner.objects.get(pk=numbered.pk) == numbered


def test_the_orm_gives_the_key_that_is_missing(new):
    gadget, pair = new(1, pk=None), Pair(left=None, right=1)
    assert gadget.pk is None

    insert(gadget)
    insert(pair)

    assert Gadget.objects.get() == gadget
    assert Pair.objects.get().pk == pair.pk
    assert pair.left


def test_a_numbered_row_is_updated_by_one_statement(compiled):
    pks = [Owner.objects.create().pk for _ in range(3)]
    del compiled[:]

    assert [update(Owner, {"pk": pk}, {"name": f"{pk}"}) for pk in pks] == [1] * 3
    assert [*Owner.objects.order_by("pk").values_list("name", flat=True)] == [
        str(pk) for pk in pks
    ]
    assert len(compiled) == 1


@pytest.mark.skipif(connection.vendor == "mysql", reason="writes _binary before it")
def test_bytes_are_values_like_any_other(compiled):
    photos = [Photo(photo=photo) for photo in (b"", b"\x00%s\xff", bytes(range(256)))]

    for photo in photos:
        insert(photo)
        assert update(Photo, {"photo": photo.photo}, {"photo": photo.photo * 2}) == 1

    assert [bytes(row(it)["photo"]) for it in photos] == [it.photo * 2 for it in photos]
    assert len(compiled) == 2


def test_bytes_are_written_as_the_orm_writes_them():
    photo, other = Photo(photo=bytes(range(256))), Photo(photo=bytes(range(256)))

    sent = statements(lambda: insert(photo)), statements(other.save_base)
    assert photo._state.db == other._state.db == "default"
    update(Photo, {"pk": photo.pk}, {"photo": b"\xfe\xff"})

    assert ["_binary" in statement for [statement] in sent] in [[False] * 2, [True] * 2]
    assert [bytes(row(it)["photo"]) for it in (photo, other)] == [
        b"\xfe\xff",
        bytes(range(256)),
    ]


def test_an_expression_is_never_taken_for_a_value(new):
    gadget = new(1)
    insert(new(2))
    gadget.seen = Now()
    insert(gadget)

    where = {"slug": "gadget-2"}
    update(Gadget, where, {"size": 1})
    update(Gadget, where, {"size": models.F("size") + 1})
    update(Gadget, where, {"size": 5})
    update(Gadget, where, {"size": models.F("size") + 1})
    size = update(Gadget, {"size": models.F("size"), "slug": "gadget-2"}, {"size": 8})
    among = {"slug": Gadget.objects.filter(size=8).values("slug")[:1]}

    assert Gadget.objects.get(slug="gadget-1").seen > NOON
    assert (size, Gadget.objects.get(slug="gadget-2").size) == (1, 8)
    if connection.vendor != "mysql":  # which may not read what it writes
        assert update(Gadget, among, {"size": 9}) == 1


def test_an_instance_stands_for_its_key(new):
    for number in range(2):
        insert(new(number))
    first, second = Owner.objects.get(), Owner.objects.create()

    found = [
        update(Gadget, {"owner": first.pk, "slug": "gadget-0"}, {"owner": second.pk}),
        update(Gadget, {"owner": first, "slug": "gadget-1"}, {"owner": second}),
        update(Gadget, {"owner": first}, {"size": 1}),
        update(Gadget, {"owner": second}, {"size": 1}),
    ]

    assert found == [1, 1, 0, 2]


@pytest.mark.filterwarnings("ignore:Using None as the right-hand side")
def test_other_lookups_are_left_to_the_orm(new, owner, caplog):
    for number in range(4):
        insert(new(number, size=number, notes=[number], seen=None))
    wheres = [
        {"size__gt": 1},
        {"seen__isnull": True, "size__in": [1, 2]},
        {"owner__name": "Ada", "size": 3},
        {"notes": [2]},
        {"notes": None},
    ]

    for where in wheres:
        expected = plainly(Gadget, where, {"name": "Bob"})
        assert [update(Gadget, where, {"name": "Eve"}) for _ in range(2)] == [
            expected
        ] * 2
    assert not caplog.records


def test_a_lookup_of_a_host_is_left_to_the_orm():
    for text in ("ada", "bob"):
        insert(Loose(text=text))

    found = [update(Loose, {"text": it}, {"name": "Eve"}) for it in ("ada", "*", "*")]

    assert found == [1, 2, 2]


def test_what_a_field_takes_for_null_is_asked_as_null():
    for text in ("", "ada", ""):
        insert(Blank(text=text))

    found = [update(Blank, {"text": it}, {"name": "Bob"}) for it in ("ada", "", "ada")]

    assert found == [1, 2, 1]


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 10**30, -(10**30)])
def test_a_number_out_of_range_finds_no_row(new, number):
    insert(new(1))

    assert update(Gadget, {"size": 0}, {"size": 0}) == 1
    assert update(Gadget, {"size": number}, {"size": 1}) == 0
    assert not connection.needs_rollback


@pytest.mark.parametrize(
    ("model", "values"), [(Gadget, {}), (Generated, {"twice": "Bob"})]
)
def test_no_values_change_no_row(model, values, caplog):
    where = {"name": "Ada"}

    assert update(model, where, values) == plainly(model, where, values) == 0
    assert not caplog.records


class Recorder:
    """A router that leaves everything to Django and remembers what it was asked."""

    asked = []

    def db_for_write(self, model, **hints):
        self.asked.append((model, hints))


def test_asks_the_routers_what_the_orm_asks(new):
    gadget, other = new(1), new(2)

    with override_settings(DATABASE_ROUTERS=[f"{__name__}.Recorder"]):
        Recorder.asked = ours = []
        insert(gadget)
        update(Gadget, {"size": 0}, {"size": 1})
        Recorder.asked = theirs = []
        other.save_base(force_insert=True)
        plainly(Gadget, {"size": 1}, {"size": 2})

    assert ours == [(Gadget, {"instance": gadget}), (Gadget, {})]
    assert theirs[:2] == [(Gadget, {"instance": other}), (Gadget, {})]


def once(monkeypatch, owner, name, broken):
    """Let the next call of a function of Django's do something else."""
    original, left = getattr(owner, name), [broken]

    def replaced(*args, **kwargs):
        act = left.pop() if left else lambda answer: answer()
        return act(lambda: original(*args, **kwargs))

    monkeypatch.setattr(owner, name, replaced)


def raising(error):
    def fail(answer):
        raise error

    return fail


def changed(change):
    """Return what compiles a statement and then changes it."""

    def act(answer):
        compiled = answer()
        if isinstance(compiled, list):  # several INSERTs
            return [change(*statement) for statement in compiled]
        return change(*compiled)

    return act


ERRORS = [AttributeError(), ImportError(), KeyError(), TypeError(), ValueError()]
CALLS = [
    (sql.InsertQuery, "__init__", insert),
    (sql.InsertQuery, "insert_values", insert),
    (sql.InsertQuery, "get_compiler", insert),
    (SQLInsertCompiler, "as_sql", insert),
    (sql.UpdateQuery, "add_update_values", update),
    (sql.UpdateQuery, "get_compiler", update),
    (sql.UpdateQuery, "_setup_query", update),
    (SQLUpdateCompiler, "as_sql", update),
    (models.QuerySet, "filter", update),
    (models.Field, "get_lookup", update),
    (type(connections["default"]), "copy", insert),
    (type(connections["default"]), "copy", update),
    (type(connection.ops), "integer_field_range", update),
]
ANSWERS = {
    "None": lambda sql, params: None,
    "only SQL": lambda sql, params: (sql,),
    "more": lambda sql, params: (sql, params, None),
    "no parameters": lambda sql, params: (sql, ()),
    "one too few": lambda sql, params: (sql, params[1:]),
    "one too many": lambda sql, params: (sql, [*params, 1]),
    "one twice": lambda sql, params: (sql, [*params[:-1], params[0]]),
    "copies": lambda sql, params: (sql, [type(param)() for param in params]),
    "no sequence": lambda sql, params: (sql, None),
}


@pytest.fixture
def works(new, caplog):
    """Return a function that checks both statements against the plain ORM."""

    def check(broken=1):
        ours, again, theirs = (new(number) for number in range(3))
        insert(ours)
        insert(again)
        theirs.save_base(force_insert=True)
        values = {"size": 5, "seen": None, "notes": {"a": 1}, "name": "Bob"}
        where = {"size": 0, "on": True, "seen": NOON}
        found = [
            update(Gadget, {"pk": ours.pk} | where, values),
            update(Gadget, {"pk": again.pk} | where, values),
            plainly(Gadget, {"pk": theirs.pk} | where, values),
            update(Gadget, {"pk": theirs.pk} | where, values),
        ]
        rows = without({"id", "slug", "made_at"}, *map(row, (ours, again, theirs)))
        assert found == [1, 1, 1, 0]
        assert rows[0] == rows[1] == rows[2]
        logged = [(it.name, it.levelname) for it in caplog.records]
        assert logged == [("starterkit.statements", "ERROR")] * broken
        assert all(it.exc_info for it in caplog.records)

    return check


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("owner_of_it", "name"),
    dict.fromkeys((it, name) for it, name, _ in CALLS),
)
def test_the_plain_orm_runs_what_a_future_django_does_not_compile(
    works, monkeypatch, owner_of_it, name, error
):
    once(monkeypatch, owner_of_it, name, raising(error))

    works()


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=[*ANSWERS])
@pytest.mark.parametrize("compiler", [SQLInsertCompiler, SQLUpdateCompiler])
def test_the_plain_orm_runs_what_a_future_django_compiles_differently(
    works, monkeypatch, compiler, answer
):
    once(monkeypatch, compiler, "as_sql", changed(answer))

    works()


@pytest.mark.parametrize(
    ("module", "names", "broken"),
    [
        (sql, ["InsertQuery"], 1),
        (sql, ["UpdateQuery"], 1),
        (sql, ["InsertQuery", "UpdateQuery"], 2),
        (lookups, ["IntegerFieldExact"], 1),
        (related_lookups, ["RelatedExact"], 1),
    ],
)
def test_the_plain_orm_runs_a_statement_whose_class_has_moved(
    works, monkeypatch, module, names, broken
):
    elsewhere = SimpleNamespace(**vars(sql))
    monkeypatch.setattr("django.db.models.query.sql", elsewhere)
    for name in names:
        monkeypatch.delattr(module, name)

    works(broken)


@pytest.mark.parametrize("name", ["_statements", "_plans", "_holes"])
def test_is_imported_where_the_classes_have_moved(monkeypatch, name):
    for module, moved in [
        (sql, ["InsertQuery", "UpdateQuery"]),
        (sql.subqueries, ["InsertQuery", "UpdateQuery"]),
        (lookups, ["Exact", "IntegerFieldExact"]),
        (related_lookups, ["RelatedExact"]),
    ]:
        for it in moved:
            monkeypatch.delattr(module, it)
    spec = find_spec(f"starterkit_core.db.{name}")

    spec.loader.exec_module(module_from_spec(spec))


def test_is_compiled_again_for_no_call_after_a_failure(new, monkeypatch, compiled):
    once(monkeypatch, sql.InsertQuery, "insert_values", raising(TypeError()))

    for number in range(3):
        insert(new(number))

    assert len(compiled) == 3  # by the plain ORM


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="each thread has a memory of its own"
)
def test_what_one_thread_compiled_serves_the_others_without_its_connection(
    new, compiled
):
    used = []

    def run(number):
        insert(new(number))
        update(Gadget, {"slug": f"gadget-{number}", "size": 0}, {"size": number})
        used.append(weakref.ref(connections["default"]))
        connections.close_all()

    for number in range(1, 4):
        thread = Thread(target=run, args=(number,))
        thread.start()
        thread.join()
    gc.collect()
    sizes = {*Gadget.objects.values_list("size", flat=True)}
    Owner.objects.all().delete()

    assert sizes == {1, 2, 3}
    assert [connection() for connection in used] == [None] * 3
    assert len(compiled) == 2
