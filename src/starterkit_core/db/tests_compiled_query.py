"""Compiled queries: what the ORM would load, in one query, without compiling again."""

# ruff: noqa: DJ008 - no page shows these models

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from uuid import UUID, uuid4

import pytest
from django.apps.registry import Apps
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, connections, models
from django.db.migrations.state import AppConfigStub
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext, override_settings

from starterkit_core.db.compiled_query import (
    CompiledExists,
    CompiledGet,
    CompiledParts,
    CompiledRows,
)

REGISTRY = Apps([AppConfigStub("throwaway")])
"""These models exist in here only; no migration and no check sees them."""


class Throwaway(models.Model):
    class Meta:
        abstract = True
        app_label = "throwaway"
        apps = REGISTRY


class Shout(str):
    """The Python value of the field below."""

    __slots__ = ()


class ShoutField(models.CharField):
    """A field with a form of its own in the database and in Python."""

    def get_prep_value(self, value):
        return value.lower()

    def from_db_value(self, value, expression, connection):
        return None if value is None else Shout(value.upper())


class Country(Throwaway):
    name = models.CharField(max_length=20)


class City(Throwaway):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = ShoutField(max_length=20)
    country = models.ForeignKey(Country, models.CASCADE)


class Person(Throwaway):
    id = models.UUIDField(primary_key=True, default=uuid4)
    slug = models.SlugField(unique=True)
    number = models.SmallIntegerField(unique=True)
    home = models.ForeignKey(City, models.CASCADE, related_name="+")
    work = models.ForeignKey(City, models.CASCADE, null=True, related_name="+")
    active = models.BooleanField(default=True)
    born = models.DateField(null=True)
    seen = models.DateTimeField()
    idle = models.DurationField()
    balance = models.DecimalField(max_digits=9, decimal_places=3)
    ratio = models.FloatField()
    notes = models.JSONField(default=dict)
    photo = models.BinaryField()

    class Meta(Throwaway.Meta):
        ordering = ["-seen"]


class Passport(Throwaway):
    person = models.OneToOneField(Person, models.CASCADE, primary_key=True)
    code = models.CharField(max_length=9)


class Employee(Person):
    wage = models.IntegerField()

    class Meta(Throwaway.Meta):
        pass


class ActiveManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(active=True)


class ActivePerson(Person):
    objects = ActiveManager()

    class Meta(Throwaway.Meta):
        proxy = True


class GuardedPerson(Person):
    objects = models.Manager()
    active_ones = ActiveManager()

    class Meta(Throwaway.Meta):
        proxy = True
        base_manager_name = "active_ones"
        default_manager_name = "objects"


MODELS = [Country, City, Person, Passport, Employee]


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
def make_person():
    """Return a function that saves a person and gives the id."""
    country = Country.objects.create(name="Brasil")
    home = City.objects.create(name="Olinda", country=country)
    fields = {
        "home": home,
        "born": date(1815, 12, 10),
        "seen": datetime(2026, 11, 22, 17, 30, 0, 123456, tzinfo=UTC),
        "idle": timedelta(days=3, microseconds=7),
        "balance": Decimal("-12.340"),
        "ratio": 0.1,
        "notes": {"a": [1, None, "ü"]},
        "photo": b"\x00\xff",
    }

    def make(number=1, model=Person, **changes):
        own = {"slug": f"person-{number}", "number": number}
        return model.objects.create(**fields | own | changes).pk

    return make


def everything(instance, above=()):
    """Return all values of an instance and of its joined ones."""
    if instance is None or any(instance is other for other in above):
        return None
    state = instance._state
    fields = {name: repr(field) for name, field in vars(instance).items()}
    return {
        "model": type(instance),
        "fields": fields | {"_state": (state.db, state.adding)},
        "joined": {
            name: everything(other, (*above, instance))
            for name, other in state.fields_cache.items()
        },
    }


def by_pk(value):
    return Person.objects.filter(pk=value)


def joined(value):
    return by_pk(value).select_related("home__country", "work")


def reverse_joined(value):
    return by_pk(value).select_related("passport")


def deferred(value):
    return by_pk(value).only("slug")


def narrowed(value):
    return Person.objects.filter(active=True, pk=value, home__name="OLINDA")


@pytest.mark.parametrize(
    "build",
    [by_pk, joined, reverse_joined, deferred, narrowed],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("works", [True, False])
def test_loads_what_the_orm_loads_in_one_query(make_person, build, works):
    work = City.objects.create(name="Recife", country=Country.objects.get())
    pk = make_person(work=work if works else None)
    Passport.objects.create(person_id=pk, code="X1")
    make_person(2)
    load = CompiledGet(build)
    assert load.is_compiled()

    with CaptureQueriesContext(connection) as asked:
        found = load.get(pk)

    assert len(asked) == 1
    assert everything(found) == everything(build(pk).get())


def test_loads_a_child_of_another_table(make_person):
    pk = make_person(model=Employee, wage=3)
    load = CompiledGet(lambda value: Employee.objects.filter(pk=value))
    assert load.is_compiled()

    assert everything(load.get(pk)) == everything(Employee.objects.get(pk=pk))


def test_loads_by_another_unique_field(make_person):
    pk = make_person(7)

    by_slug = CompiledGet(lambda value: Person.objects.filter(slug=value))
    by_number = CompiledGet(lambda value: Person.objects.filter(number=value))
    by_person = CompiledGet(lambda value: Passport.objects.filter(person=value))
    Passport.objects.create(person_id=pk, code="X1")

    loads = [by_slug, by_number, by_person]
    assert all(load.is_compiled() for load in loads)
    assert [by_slug.get("person-7").pk, by_number.get(7).pk] == [pk, pk]
    assert by_person.get(pk).code == by_person.get(Person(pk=pk)).code == "X1"


def test_gives_none_when_there_is_no_row(make_person):
    make_person()

    assert CompiledGet(joined).get(uuid4()) is None
    assert CompiledGet(joined).get(None) is None


def test_other_conditions_hold(make_person):
    pk = make_person(active=False)

    assert CompiledGet(narrowed).get(pk) is None


@pytest.mark.parametrize("number", [10**6, -(10**6), 10**30, -(10**30)])
def test_a_number_that_fits_no_row_gives_none(number):
    load = CompiledGet(lambda value: Person.objects.filter(number=value))

    assert load.get(number) is None


def test_takes_every_spelling_that_the_field_takes(make_person):
    pk = make_person()
    load = CompiledGet(by_pk)

    assert [load.get(pk), load.get(str(pk)), load.get(pk.hex)] == [Person(pk=pk)] * 3
    assert isinstance(load.get(str(pk)).pk, UUID)


@pytest.mark.parametrize("value", ["", "garbage", "\x00", "1; drop table"])
def test_refuses_a_value_that_the_field_refuses(value):
    with pytest.raises(ValidationError):
        CompiledGet(by_pk).get(value)


def test_sends_the_value_apart_from_the_sql(make_person):
    make_person()
    load = CompiledGet(lambda value: Person.objects.filter(slug=value))

    assert load.get("' or 1=1 --") is None


def test_compiles_once(make_person, monkeypatch):
    pks = [make_person(number) for number in range(3)]
    load = CompiledGet(joined)
    load.get(pks[0])
    compiled = []
    as_sql = SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda *args: compiled.append(args) or as_sql(*args)
    )

    assert [load.get(pk).number for pk in pks] == [0, 1, 2]
    assert compiled == []


def test_builds_its_query_lazily():
    CompiledGet(lambda value: 1 / 0)


def test_a_loaded_object_is_like_any_other(make_person):
    person = CompiledGet(joined).get(make_person())

    person.slug = "renamed"
    person.save()
    person.refresh_from_db()

    assert person.home.country.name == "Brasil"
    assert by_pk(person.pk).get().slug == "renamed"


class Writer:
    """A router that reads from a database that is not there."""

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"


class NoOpinion:
    """A router that leaves everything to Django."""


@pytest.mark.parametrize("routers", [[NoOpinion], [Writer], [NoOpinion, Writer]])
def test_asks_the_routers_where_the_model_is_written_to(make_person, routers):
    pk = make_person()
    load = CompiledGet(joined)
    expected = everything(joined(pk).get())

    with override_settings(
        DATABASE_ROUTERS=[f"{__name__}.{it.__name__}" for it in routers]
    ):
        assert load.is_compiled()
        assert everything(load.get(pk)) == expected
        assert load.get(uuid4()) is None


def test_the_plain_orm_reads_where_the_model_is_written_to(make_person):
    pk = make_person()
    load = CompiledGet(lambda value: ActivePerson.objects.filter(pk=value))

    with override_settings(DATABASE_ROUTERS=[f"{__name__}.Writer"]):
        assert not load.is_compiled()
        assert load.get(pk).pk == pk


def test_asks_a_manager_that_has_a_queryset_of_its_own(make_person):
    load = CompiledGet(lambda value: ActivePerson.objects.filter(pk=value))

    assert not load.is_compiled()
    assert load.get(make_person(1)).number == 1
    assert load.get(make_person(2, active=False)) is None


def test_asks_a_base_manager_that_has_a_queryset_of_its_own():
    load = CompiledGet(lambda pk: GuardedPerson._base_manager.filter(pk=pk))

    assert not load.is_compiled()


@pytest.mark.parametrize(
    "change",
    [
        lambda people: people.values("slug"),
        lambda people: people.prefetch_related("home"),
        lambda people: people.annotate(twice=models.F("number") * 2),
        lambda people: people.select_for_update(),
        lambda people: people.filter(slug="a") | people.filter(slug="b"),
        lambda people: people.exclude(slug="a")[:1],
        lambda people: people.union(people),
    ],
)
def test_leaves_a_query_that_depends_on_more_than_the_value_to_the_orm(change):
    load = CompiledGet(lambda value: change(Person.objects.filter(pk=value)))

    assert not load.is_compiled()


@pytest.mark.parametrize(
    "build",
    [
        lambda value: Person.objects.filter(ratio=value),  # not unique
        lambda value: Person.objects.filter(number__gte=value),
        lambda value: Person.objects.filter(home__id=value),  # of many people
        lambda value: Person.objects.exclude(pk=value),
        lambda value: Person.objects.all(),
    ],
)
def test_leaves_a_query_that_may_find_several_rows_to_the_orm(build):
    assert not CompiledGet(build).is_compiled()


def test_a_mistake_in_the_query_is_not_hidden():
    with pytest.raises(FieldError):
        CompiledGet(lambda value: Person.objects.filter(unknown=value)).get(1)


def test_the_plain_orm_answers_on_a_django_that_compiles_differently(
    make_person, monkeypatch, caplog
):
    pk = make_person()
    monkeypatch.delattr("django.db.models.query.get_related_populators")
    load = CompiledGet(by_pk)

    assert not load.is_compiled()
    assert [record.name for record in caplog.records] == ["starterkit.compiled_query"]
    monkeypatch.undo()
    assert everything(load.get(pk)) == everything(by_pk(pk).get())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="each thread has a memory of its own"
)
def test_what_one_thread_compiled_serves_the_others(make_person):
    pks = [make_person(number) for number in range(4)]
    load = CompiledGet(joined)
    found = []

    def run():
        found.extend(load.get(pk).home.country.name for pk in pks)
        connections.close_all()

    for _ in range(3):
        thread = Thread(target=run)
        thread.start()
        thread.join()
    Person.objects.all().delete()

    assert found == ["Brasil"] * 12


# Whether there is a row


def seen_since(slug, moment):
    """Return persons by a value that is compared twice, and one that is once."""
    twice = models.Q(slug=slug) | models.Q(home__name=slug)
    return Person.objects.filter(twice, seen__gte=moment)


def asked(build=seen_since):
    return CompiledExists(build, lambda: [models.SlugField(), models.DateTimeField()])


def test_tells_whether_there_is_a_row_as_the_orm_does(make_person):
    person, question = Person.objects.get(pk=make_person()), asked()

    for slug in (person.slug, "unknown", "", "'", "%"):
        for moment in (person.seen, person.seen + timedelta(microseconds=1)):
            with CaptureQueriesContext(connection) as queries:
                told = question.ask(slug, moment)
            assert told == seen_since(slug, moment).exists()
            assert len(queries) == 1
    assert question.is_compiled()


def test_a_question_with_annotations_is_compiled_too(make_person):
    person = Person.objects.get(pk=make_person())

    def build(slug, moment):
        newest = Person.objects.filter(slug=slug).values("seen")[:1]
        rows = Person.objects.annotate(newest=models.Subquery(newest))
        return rows.filter(newest__gte=moment)

    question = asked(build)

    assert question.is_compiled()
    assert question.ask(person.slug, person.seen)
    assert not question.ask("unknown", person.seen)


def test_a_question_that_forgets_a_value_is_left_to_the_orm(make_person):
    person = Person.objects.get(pk=make_person())
    question = asked(lambda slug, _moment: Person.objects.filter(slug=slug))

    assert not question.is_compiled()
    assert question.ask(person.slug, person.seen)


def test_a_question_to_a_manager_of_its_own_is_left_to_the_orm(make_person):
    make_person(slug="closed", active=False)
    question = CompiledExists(
        lambda slug: ActivePerson.objects.filter(slug=slug),
        lambda: [models.SlugField()],
    )

    assert not question.is_compiled()
    assert not question.ask("closed")


# Rows of a filter


def acquaintances(slug, moment):
    """Return persons in homes of a subquery, joined and without a column."""
    homes = Person.objects.filter(slug=slug).values("home")
    rows = Person.objects.filter(home__in=homes, seen__lte=moment)
    return rows.select_related("home__country").defer("photo")


def rows_asked(build=acquaintances):
    return CompiledRows(build, lambda: [models.SlugField(), models.DateTimeField()])


def test_loads_the_rows_that_the_orm_loads(make_person):
    ada = Person.objects.get(pk=make_person())
    make_person(slug="grace", number=2, home=ada.home)
    make_person(slug="alan", number=3)
    question = rows_asked()

    for slug, moment in ((ada.slug, ada.seen + timedelta(days=9)), ("no", ada.seen)):
        with CaptureQueriesContext(connection) as queries:
            found = question.load(slug, moment)
            names = [(row.home.name, row.home.country.name) for row in found]
        expected = [*acquaintances(slug, moment)]
        assert found == expected
        assert names == [(it.home.name, it.home.country.name) for it in expected]
        assert [vars(row).keys() for row in found] == [
            vars(row).keys() for row in expected
        ]
        assert len(queries) == 1
    assert question.is_compiled()


def test_loads_rows_without_a_value(make_person):
    make_person()
    question = CompiledRows(lambda: Person.objects.order_by("pk"), list)

    assert question.load() == [*Person.objects.order_by("pk")]
    assert question.is_compiled()


@pytest.mark.parametrize(
    "build",
    [
        lambda slug, _moment: Person.objects.filter(slug=slug),
        lambda slug, moment: acquaintances(slug, moment).annotate(one=models.Value(1)),
        lambda slug, moment: acquaintances(slug, moment)[:1],
    ],
    ids=["forgets a value", "annotates", "slices"],
)
def test_rows_that_cannot_be_kept_are_left_to_the_orm(make_person, build):
    ada = Person.objects.get(pk=make_person())
    question, given = rows_asked(build), (ada.slug, ada.seen + timedelta(days=1))

    assert not question.is_compiled()
    assert question.load(*given) == [*build(*given)]


# Parts of tables


def test_a_part_of_a_table_is_what_the_orm_loads(make_person):
    first, second, third = (make_person(number=number) for number in (1, 2, 3))
    parts, field = CompiledParts(), Person._meta.get_field("number")

    def read(number):
        def build(values):
            return Person.objects.filter(number__gt=values[0]).order_by("number")[:2]

        with CaptureQueriesContext(connection) as queries:
            rows = parts.rows(
                Person.objects.all(), ("after",), build, [(field, number)]
            )
        assert len(queries) == 1
        return rows

    assert [it.pk for it in read(0)] == [first, second]
    assert [it.pk for it in read(2)] == [third]
    assert read(3) == []
    assert vars(read(2)[0]).keys() == vars(Person.objects.get(number=3)).keys()


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.filter(active=True),
        lambda rows: rows.exclude(active=True),
        lambda rows: rows.select_related("home"),
        lambda rows: rows.only("slug"),
        lambda rows: rows.defer("notes"),
        lambda rows: rows.values("pk"),
        lambda rows: rows.distinct(),
        lambda rows: rows.annotate(one=models.Value(1)),
        lambda rows: rows.prefetch_related("home"),
        lambda rows: rows.none(),
        lambda rows: rows.select_for_update(),
    ],
)
def test_a_part_of_more_than_a_table_is_left_to_the_orm(change):
    rows = change(Person.objects.all())

    assert CompiledParts().rows(rows, (), lambda _values: rows[:1], []) is None


def test_clients_cannot_fill_the_memory_with_parts(make_person, monkeypatch):
    make_person()
    monkeypatch.setattr(CompiledParts, "MOST", 2)
    parts = CompiledParts()

    for number in range(1, 6):
        rows = Person.objects.all()
        assert (
            len(parts.rows(rows, (number,), lambda _, it=rows, n=number: it[:n], []))
            == 1
        )
        assert len(parts._parts) <= 2
