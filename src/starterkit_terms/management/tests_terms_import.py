"""``terms_import_…``: evidence of other packages, from tables as they make them."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.apps.registry import Apps
from django.core.management import CommandError, call_command
from django.db import connections, models

from starterkit_core.db.databases import accounts_database
from starterkit_core.models import AuditEvent
from starterkit_terms.models import (
    ConsentState,
    VersionText,
    acceptance_model,
    version_model,
)
from starterkit_terms.services import former_tables

pytestmark = pytest.mark.django_db(transaction=True)  # MySQL commits DDL at once


def day(number, month=3):
    return datetime(2025, month, number, 12, tzinfo=UTC)


@pytest.fixture
def table():
    """Make a table of another package, and add rows to it."""
    made = []

    def make(name, /, **columns):
        options = {"apps": Apps(), "app_label": "former", "db_table": name}
        body = {"__module__": __name__, "Meta": type("Meta", (), options)}
        model = type("Made", (models.Model,), {**body, **columns})
        with connections[accounts_database()].schema_editor() as editor:
            editor.create_model(model)
        made.append(model)
        return lambda **row: models.QuerySet(model, using=accounts_database()).create(
            **row
        )

    yield make
    with connections[accounts_database()].schema_editor() as editor:
        for model in made:
            editor.delete_model(model)


@pytest.fixture
def conditions(table, user, make_user):
    """The tables of django-termsandconditions: two versions and three acts."""
    text = table(
        "termsandconditions_termsandconditions",
        id=models.AutoField(primary_key=True),
        slug=models.SlugField(),
        name=models.TextField(),
        version_number=models.DecimalField(decimal_places=2, max_digits=6),
        text=models.TextField(),
        info=models.TextField(),
        date_active=models.DateTimeField(null=True),
        date_created=models.DateTimeField(),
    )
    act = table(
        "termsandconditions_usertermsandconditions",
        id=models.AutoField(primary_key=True),
        user_id=former_tables._user_column(),
        terms_id=models.IntegerField(),
        ip_address=models.GenericIPAddressField(null=True),
        date_accepted=models.DateTimeField(),
    )

    def add(number, at):
        return text(
            slug="site-terms",
            name="Site terms",
            version_number=number,
            text=f"# Terms\r\n\r\nNumber {number}",
            info="",
            date_active=at,
            date_created=day(1),
        ).pk

    first, second, never = add(1, day(1)), add(2, day(20)), add(3, None)
    other = make_user()
    for person, terms, at in (
        (user, first, day(2)),
        (user, second, day(21)),
        (other, first, day(3)),
        (other, never, day(4)),
    ):
        act(
            user_id=person.pk,
            terms_id=terms,
            ip_address="203.0.113.9",
            date_accepted=at,
        )
    return user, other


@pytest.fixture
def tos(table, user):
    """The tables of django-tos: the older text is the active one."""
    dates = {
        "id": models.AutoField(primary_key=True),
        "created": models.DateTimeField(),
        "modified": models.DateTimeField(),
    }
    text = table(
        "tos_termsofservice",
        **dates,
        active=models.BooleanField(),
        content=models.TextField(),
    )
    act = table(
        "tos_useragreement",
        **{name: field.clone() for name, field in dates.items()},
        terms_of_service_id=models.IntegerField(),
        user_id=former_tables._user_column(),
    )
    active = text(created=day(1), modified=day(9), active=True, content="Active").pk
    text(created=day(5), modified=day(9), active=False, content="Inactive")
    act(created=day(10), modified=day(10), terms_of_service_id=active, user_id=user.pk)


def run(name, **options):
    out = StringIO()
    call_command(f"terms_import_{name}", stdout=out, **options)
    return out.getvalue()


def acts_of(person):
    rows = acceptance_model().objects.of(person).order_by("sequence")
    return [(it.version.label, it.happened_at, it.sequence) for it in rows]


def test_imports_texts_and_acts_with_their_times(conditions, monkeypatch):
    monkeypatch.setattr(former_tables, "CHUNK", 2)
    user, other = conditions

    shown = run("termsandconditions")

    assert "2 imported" in shown
    assert "acts: 3 imported" in shown
    assert "in force: 1" in shown
    assert acts_of(user) == [("1.00", day(2), 1), ("2.00", day(21), 2)]
    assert acts_of(other) == [("1.00", day(3), 1)]
    row = acceptance_model().objects.of(other).get()
    assert (row.method, row.authority, row.address) == (
        "imported",
        "self",
        "203.0.113.0/24",
    )
    assert VersionText.objects.get(version=row.version).source.endswith("Number 1")
    assert row.version.effective_at == row.version.published_at == day(1)


def test_what_stands_is_as_the_acts_are_and_the_gate_asks_the_others(conditions):
    user, other = conditions

    run("termsandconditions")

    states = {it.user_id: it for it in ConsentState.objects.all()}
    assert states[user.pk].accepted_number == states[user.pk].sequence == 2
    assert states[other.pk].accepted_number == 1
    call_command("terms_rebuild_state", stdout=StringIO())
    call_command("terms_verify", stdout=StringIO())
    blocking = version_model().objects.blocking
    assert not blocking(user, datetime.now(UTC)).exists()
    assert blocking(other, datetime.now(UTC)).get().label == "2.00"


def test_a_second_run_adds_only_what_is_new(conditions):
    user, _ = conditions
    run("termsandconditions")
    before = acts_of(user)

    assert "acts: 0 imported\nimported before: 3" in run("termsandconditions")
    assert acts_of(user) == before
    assert version_model().objects.count() == 2
    events = AuditEvent.objects.filter(action__startswith="terms.")
    assert [it.facts["number"] for it in events.order_by("pk")] == [2, 3]


def test_a_dry_run_counts_and_changes_no_data(conditions):
    shown = run("termsandconditions", dry_run=True)

    assert "versions: 2 to import" in shown
    assert "acts: 3 to import" in shown
    assert not version_model().objects.exists()
    assert not acceptance_model().objects.exists()


def test_imports_with_guards_installed(guarded, conditions):
    assert "acts: 3 imported" in run("termsandconditions")


def test_refuses_texts_older_than_what_was_published_here(
    conditions, make_version, make_document
):
    make_version(make_document(key="site-terms"))

    with pytest.raises(CommandError, match="later version"):
        run("termsandconditions")


def test_of_django_tos_the_active_text_is_in_force(tos, user):
    shown = run("tos", key="tos", optional=True)

    assert "acts: 1 imported" in shown
    (current,) = version_model().objects.in_force(datetime.now(UTC))
    assert current.texts.get().source == "Active"
    assert (current.document.key, current.document.mandatory) == ("tos", False)
    assert acts_of(user) == [(current.label, day(10), 1)]
    assert "acts: 0 imported" in run("tos", key="tos", optional=True)


@pytest.mark.parametrize("name", ["tos", "termsandconditions"])
def test_says_that_there_are_no_tables(db, name):
    with pytest.raises(CommandError, match="no tables"):
        run(name)
