import csv
import tracemalloc
from http import HTTPStatus
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_users.services import user_rows
from starterkit_users.services.account_fields import exported_fields
from starterkit_users.use_cases.find_users import FindUsers

from .use_case import ExportUsers, ExportUsersInput

URL = reverse("starterkit_users:users-export")

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(client_of, administrator):
    """Return the rows of the table, by the names in its first line."""

    def read(**query):
        response = client_of(administrator).get(URL, query)
        assert response.status_code == HTTPStatus.OK, response.content
        text = response.getvalue().decode()
        return [*csv.DictReader(StringIO(text, newline=""))]

    return read


@pytest.mark.usefixtures("with_addresses")
def test_has_every_user_and_what_administrators_see(table, administrator, make_user):
    user = make_user(first_name="Ada", is_staff=True)

    rows = table()

    assert [row["id"] for row in rows] == [str(administrator.pk), str(user.pk)]
    assert list(rows[1]) == [*exported_fields()]
    assert rows[1]["email"] == user.email
    assert rows[1]["first_name"] == "Ada"
    assert rows[1]["created_at"].endswith("Z")
    assert (rows[1]["is_staff"], rows[1]["is_superuser"]) == ("true", "false")
    assert rows[1]["last_login"] == ""


def test_is_a_file_of_csv_that_no_cache_keeps(client_of, administrator):
    response = client_of(administrator).get(URL, headers={"Accept": "text/csv"})

    assert response["Content-Type"] == "text/csv"
    assert response["Content-Disposition"] == 'attachment; filename="users.csv"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Request-ID"]


def test_has_the_columns_that_were_asked_for_in_their_order(table, user):
    (row, *_) = table(fields="last_name,id", is_active="true")

    assert list(row) == ["last_name", "id"]


def test_has_no_secret(table, user):
    assert "password" not in exported_fields()
    assert user.password not in str(table())


@pytest.mark.parametrize(
    "query",
    [
        "fields=password",
        "fields=id,password",
        "fields=id,id",
        "fields=",
        "fields=id,",
        "fields=groups__permissions",
        "fields=user_permissions",
        "fields=pk",
        "fields=id%00",
        "fields=" + "id," * 400,
        "limit=1",
        "cursor=x",
        "order=email",
        "is_active=1",
        "is_activ=true",
        "is_active=true&is_active=false",
    ],
)
def test_refuses_a_query_that_it_does_not_offer(client_of, administrator, query):
    response = client_of(administrator).get(f"{URL}?{query}")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"
    assert not AuditEvent.objects.exists()


def test_narrows_it_like_the_list(table, make_user):
    closed = make_user(is_active=False)
    make_user()

    rows = table(is_active="false", fields="id")

    assert rows == [{"id": str(closed.pk)}]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1"])  # noqa: RUF001  # full-width
def test_no_name_is_run_as_a_formula(table, make_user, name):
    make_user(first_name=name, is_staff=True)

    (row,) = table(is_staff="true", fields="first_name")

    assert row["first_name"] == f"'{name}"


def test_a_name_with_signs_of_csv_stays_one_cell(table, make_user):
    name = 'Ada "the first", Countess'
    make_user(first_name=name, is_staff=True)

    assert table(is_staff="true", fields="first_name") == [{"first_name": name}]


@pytest.mark.usefixtures("with_addresses")
def test_records_who_took_which_fields_but_no_value(client_of, administrator):
    client_of(administrator).get(
        URL,
        {"fields": "id,email", "search": "someone@example.com"},
        headers={"User-Agent": "tests/1"},
    )

    event = AuditEvent.objects.get()
    assert event.action == "users.users_exported"
    assert event.actor_id == str(administrator.pk)
    assert event.facts == {"fields": ["id", "email"], "filters": ["search"]}
    assert (event.user_agent, bool(event.request_id)) == ("tests/1", True)


def test_it_is_recorded_before_the_first_row_is_read(administrator, make_user):
    make_user()

    table = ExportUsers.execute(ExportUsersInput(filters={}, actor=administrator))

    assert AuditEvent.objects.count() == 1
    with CaptureQueriesContext(connection) as queries:
        next(table.rows)
    assert len(queries) == 1


def test_needs_the_permission(client_of, user):
    response = client_of(user).get(URL, headers={"Accept": "text/csv"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "permission_denied"
    assert not AuditEvent.objects.exists()


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_no_client_gets_another_form(client_of, administrator):
    response = client_of(administrator).get(URL, headers={"Accept": "text/html"})

    assert response.status_code == HTTPStatus.NOT_ACCEPTABLE
    assert response.json()["code"] == "not_acceptable"


def test_reads_chunk_after_chunk_and_each_user_once(make_user):
    users = [make_user() for _ in range(7)]

    for size in (1, 2, 3, 7, 8):
        with CaptureQueriesContext(connection) as queries:
            read = [*user_rows.in_chunks(user_rows.all_users(), [], size=size)]

        assert [pk for (pk,) in read] == [user.pk for user in users]
        assert len(queries) == 7 // size + 1


@pytest.mark.slow
def test_more_users_take_no_more_memory(administrator, make_user):
    model = get_user_model()
    if model._meta.label != "starterkit_users.User":
        pytest.skip("the rows are made for our own model")
    model.objects.bulk_create(
        model(email=f"person-{number}@example.net", password="!")
        for number in range(20_000)
    )
    peaks = []
    for search in ("person-1000", ""):
        filters = {"search": search} if search else {}
        table = ExportUsers.execute(ExportUsersInput(filters=filters))
        tracemalloc.start()
        count = sum(1 for _ in table.rows)
        peaks.append((count, tracemalloc.get_traced_memory()[1]))
        tracemalloc.stop()

    (few, little), (many, most) = peaks
    assert few < 20
    assert many > 20_000
    assert most < little + 8_000_000


class OnlyStaff(FindUsers):
    """A host project's act: its administrators see staff only."""

    def find_users(self):
        return super().find_users().filter(is_staff=True)


class Shouted(ExportUsers):
    """A host project's use case: one step replaced, the rest inherited."""

    def read_rows(self, users, columns):
        for cells in super().read_rows(users, columns):
            yield [cell.upper() for cell in cells]


def test_a_host_can_replace_one_step(table, make_user, settings):
    make_user(first_name="Ada", is_staff=True)
    make_user()
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.use_cases.find_users": f"{__name__}.OnlyStaff",
        "starterkit_users.v1.users.export.get": f"{__name__}.Shouted",
    }

    assert table(fields="first_name") == [{"first_name": "ADA"}]
