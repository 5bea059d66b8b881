"""The search inside of addresses and names, and the command that makes its index."""

from http import HTTPStatus
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_users.checks import check_substring_index, check_substring_search
from starterkit_users.models import AbstractUser
from starterkit_users.services.account_fields import account_fields
from starterkit_users.services.substring_search import SearchIndex, index_name

URL = reverse("starterkit_users:users")
OURS = issubclass(get_user_model(), AbstractUser)

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="only PostgreSQL has such an index"
)
with_names = pytest.mark.skipif(
    "first_name" not in account_fields(), reason="the user model has no names"
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def switched_on(settings):
    settings.STARTERKIT_USERS = {"SUBSTRING_SEARCH": True}


@pytest.fixture
def look(client_of, administrator):
    def read(text, **query):
        answer = client_of(administrator).get(URL, {"search": text, **query})
        assert answer.status_code == HTTPStatus.OK, answer.content
        return [row["id"] for row in answer.json()["results"]]

    return read


@pytest.fixture
def grace(make_user, with_addresses):
    names = {"first_name": "Grace", "last_name": "Hopper"}
    known = {name: it for name, it in names.items() if name in account_fields()}
    return make_user(email="grace.brewster@example.com", **known)


@on_postgresql
@pytest.mark.usefixtures("switched_on")
def test_finds_what_is_inside_of_an_address(look, grace):
    assert look("REWST") == [str(grace.pk)]
    assert look("brewster@exam") == [str(grace.pk)]


@on_postgresql
@with_names
@pytest.mark.usefixtures("switched_on")
@pytest.mark.parametrize("text", ["hopper", "OPPE", "ace hop"])
def test_finds_what_is_inside_of_the_names(look, grace, text):
    assert look(text) == [str(grace.pk)]


@on_postgresql
@pytest.mark.usefixtures("switched_on", "grace")
@pytest.mark.parametrize(
    "text", ["re", "o", "%%%", "___", "a%e.b", "r_ce", "...", "\\", "'", "gr ce"]
)
def test_finds_no_user_by_less_than_three_letters_or_by_wildcards(look, text):
    assert look(text) == []


@pytest.mark.usefixtures("grace")
def test_finds_no_user_inside_while_it_is_off(look):
    assert look("rewster") == []


@pytest.mark.skipif(connection.vendor == "postgresql", reason="it has the index")
@pytest.mark.usefixtures("switched_on", "grace")
def test_finds_no_user_inside_without_postgresql(look):
    assert look("rewster") == []
    assert [it.id for it in check_substring_search()] == ["starterkit_users.W040"]
    with pytest.raises(CommandError, match="Only PostgreSQL"):
        call_command("users_search_index")


def test_w040_is_silent_while_the_search_is_off():
    assert check_substring_search() == []
    assert check_substring_index(databases=["default"]) == []


# The index


@pytest.fixture
def index():
    made = SearchIndex()
    yield made
    for statement in made.drop():
        made.run(statement)


def command(*arguments):
    written = StringIO()
    call_command("users_search_index", *arguments, stdout=written, stderr=written)
    return written.getvalue()


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("switched_on")
def test_the_command_makes_the_index_once_and_removes_it(index):
    missing = [it.id for it in check_substring_index(databases=["default"])]
    assert missing == ["starterkit_users.W041"]

    assert "CREATE INDEX CONCURRENTLY" in command()
    assert command() == f"{index_name()}: ready\n"
    assert check_substring_index(databases=["default"]) == []
    assert check_substring_search() == []

    removed = command("--drop")
    assert f"{index_name()}: missing\n" in removed
    assert "SUBSTRING_SEARCH is on" in removed
    assert "DROP" not in command("--drop")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_dry_run_makes_no_index(index):
    shown = command("--dry-run")

    assert "CREATE INDEX CONCURRENTLY" in shown
    assert index.state() == "missing"


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("damage", "state"),
    [
        (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass",
            "invalid",
        ),
        ("SELECT 1 WHERE %s <> ''", "outdated"),
    ],
)
def test_the_command_repairs_an_index(index, damage, state):
    command()
    with connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON INDEX \"{index.name}\" IS 'other columns'")
        cursor.execute(damage, [index.name])
    assert index.state() == state

    assert "DROP INDEX CONCURRENTLY" in command()

    assert index.state() == "ready"


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("switched_on")
def test_the_index_answers_the_search(look, grace, index):
    command()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET enable_indexscan = off")
    try:
        with CaptureQueriesContext(connection) as asked:
            assert look("rewster") == [str(grace.pk)]
        with connection.cursor() as cursor:
            queries = [it["sql"] for it in asked.captured_queries]
            search = next(it for it in queries if "rewster" in it)
            cursor.execute(f"EXPLAIN {search}")
            plan = " ".join(line for (line,) in cursor.fetchall())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan")
            cursor.execute("RESET enable_indexscan")

    assert index.name in plan


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_commands_one_is_refused(index):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [7_311_040_905_118_022])
        with pytest.raises(CommandError, match="runs elsewhere"):
            command()
    finally:
        other.close()

    assert index.state() == "missing"
