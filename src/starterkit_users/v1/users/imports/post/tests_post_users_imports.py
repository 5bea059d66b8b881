"""POST v1/users/imports/, and what is read of it later."""

import json
from functools import partial
from http import HTTPStatus
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.http.parsers import CsvParser
from starterkit_core.models import AuditEvent
from starterkit_core.signals import account_updated
from starterkit_users.models import Job, JobRow
from starterkit_users.services import imports, jobs
from starterkit_users.use_cases import run_import as running
from starterkit_users.use_cases.create_user import CreateUser
from starterkit_users.use_cases.import_rows import ImportRows
from starterkit_users.use_cases.import_user import ImportUser
from starterkit_users.use_cases.run_import import run_import

from .use_case import StartImport, StartImportInput

URL = reverse("starterkit_users:users-imports")
EMAIL = get_user_model().get_email_field_name()
THREE = "email,first_name,last_name\n"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("with_addresses"),
]


class Filling(CreateUser):
    """A host project's act: it fills the columns that only its user model has."""

    values = None

    def user_fields(self):
        return {**type(self).values(), **super().user_fields()}


@pytest.fixture(autouse=True)
def filled(settings, host_fields):
    """Fill the required columns of a swapped user model."""
    Filling.values = staticmethod(host_fields)
    settings.STARTERKIT_OVERRIDES = {
        **getattr(settings, "STARTERKIT_OVERRIDES", {}),
        "starterkit_users.use_cases.create_user": f"{__name__}.Filling",
    }


@pytest.fixture
def upload(client_of, changer):
    """Send a file, and return the answer; its task has run by then."""

    def send(content, **query):
        body = content if isinstance(content, bytes) else content.encode()
        url = URL + ("?" if query else "")
        url += "&".join(f"{name}={value}" for name, value in query.items())
        return client_of(changer).post(url, body, content_type="text/csv")

    return send


@pytest.fixture
def imported(upload, client_of, changer):
    """Send a file, and return what became of it."""

    def send(content, **query):
        response = upload(content, **query)
        assert response.status_code == HTTPStatus.ACCEPTED, response.content
        return client_of(changer).get(response["Location"]).json()

    return send


def saved(email):
    return rows_of(get_user_model()).filter(**{EMAIL: email}).first()


def counts(report):
    return {name: report[name] for name in imports.KINDS if report[name]}


def test_creates_new_users_and_renames_others(imported, make_user):
    known = make_user(first_name="Ada", last_name="Byron")
    same = make_user(first_name="Grace", last_name="Hopper")

    report = imported(
        THREE
        + "new@example.com,Lise,Meitner\n"
        + f"{getattr(known, EMAIL)},Ada,Lovelace\n"
        + f"{getattr(same, EMAIL)},Grace,Hopper\n"
    )

    assert (report["state"], report["lines"], report["lines_done"]) == ("done", 4, 4)
    assert counts(report) == {"created": 1, "updated": 1, "unchanged": 1}
    new = saved("new@example.com")
    assert (new.first_name, new.last_name) == ("Lise", "Meitner")
    assert not new.has_usable_password()
    assert saved(getattr(known, EMAIL)).last_name == "Lovelace"


def test_another_spelling_of_an_address_is_the_same_user(imported, make_user):
    user = make_user(**{EMAIL: "ada@example.com"}, first_name="Ada")

    report = imported("email,first_name\nADA@Example.com,Augusta\n")

    assert counts(report) == {"updated": 1}
    user.refresh_from_db()
    assert user.first_name == "Augusta"
    assert getattr(user, EMAIL) == "ada@example.com"


def test_with_a_rule_for_addresses_another_tag_is_the_same_user(
    imported, make_user, tuner
):
    if "email_key" not in {field.name for field in get_user_model()._meta.fields}:
        pytest.skip("this user model does not keep addresses unique")
    tuner("STARTERKIT_CORE")(EMAIL_RULE="starterkit_core.addresses.without_tags")
    user = make_user(**{EMAIL: "ada+shop@example.com"}, first_name="Ada")

    rows = "ada@example.com,Augusta\nada+x@example.com,Byron\n"
    report = imported(f"email,first_name\n{rows}")

    assert counts(report) == {"updated": 1, "refused": 1}  # twice in one file
    user.refresh_from_db()
    assert (user.first_name, getattr(user, EMAIL)) == (
        "Augusta",
        "ada+shop@example.com",
    )


def test_answers_at_once_and_tells_where_to_look(upload):
    response = upload(THREE + "new@example.com,Lise,Meitner\n")

    assert response.json()["state"] == "waiting"
    assert response["Location"] == f"{URL}{response.json()['id']}/"


def test_finds_users_by_id(imported, make_user):
    user = make_user(first_name="Ada")

    report = imported(f"id,first_name\n{user.pk},Grace\n999999,X\n", key="id")

    assert counts(report) == {"updated": 1, "refused": 1}
    assert report["errors"] == [{"line": 3, "field": "", "code": "user_not_found"}]


@pytest.mark.skipif(not imports.has_username(), reason="users sign in by address")
def test_finds_users_by_user_name(imported, make_user):
    user = make_user(username="ada", first_name="Ada")

    report = imported("username,first_name\nada,Grace\n", key="username")

    assert counts(report) == {"updated": 1}
    user.refresh_from_db()
    assert user.first_name == "Grace"


def test_a_refused_row_stops_no_other_and_no_value_of_it_is_kept(imported):
    report = imported(
        THREE
        + "first@example.com,A,B\n"
        + "no address,Secret,Name\n"
        + "\n"
        + '"second@example.com","A\nB",C\n'
        + "third@example.com,too,many,cells\n"
        + ",No,Key\n"
        + f"fourth@example.com,{'x' * 200},C\n"
    )

    assert counts(report) == {"created": 2, "refused": 4}
    assert [(it["line"], it["field"], it["code"]) for it in report["errors"]] == [
        (3, "email", "invalid"),
        (7, "", "wrong_cells"),
        (8, "", "key_missing"),
        (9, "first_name", "max_length"),
    ]
    assert saved("second@example.com").first_name == "A B"
    assert "Secret" not in str([*Job.objects.values()]) + str(
        [*JobRow.objects.values()]
    )


def test_a_row_about_a_user_who_ranks_above_is_refused(imported, make_user):
    chief = make_user(is_superuser=True, first_name="Ada")

    report = imported(f"email,first_name\n{getattr(chief, EMAIL)},Mallory\n")

    assert report["errors"] == [{"line": 2, "field": "", "code": "higher_rank"}]
    assert saved(getattr(chief, EMAIL)).first_name == "Ada"


def test_a_second_row_about_one_user_is_refused(imported):
    report = imported("email,first_name\nada@example.com,A\nADA@example.com,B\n")

    assert counts(report) == {"created": 1, "refused": 1}
    assert report["errors"][0]["code"] == "repeated_row"


def test_no_import_changes_an_address(imported, make_user):
    user = make_user()

    report = imported(f"id,email\n{user.pk},other@example.com\n", key="id")

    assert report["errors"] == [{"line": 2, "field": "email", "code": "not_changeable"}]
    user.refresh_from_db()
    assert getattr(user, EMAIL) != "other@example.com"


def test_no_import_sets_a_password_a_right_or_a_state(upload, imported):
    names = "password,is_staff,is_superuser,is_active,groups,status,created_at,id"
    values = "secret,true,true,false,1,erased,2020-01-01,1"

    report = imported(f"email,{names}\nnew@example.com,{values}\n")

    assert counts(report) == {"created": 1}
    user = saved("new@example.com")
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)
    for name in names.split(",")[:-1]:
        mapping = json.dumps({"email": "email", name: name})
        response = upload(f"email,{name}\na@example.com,1\n", mapping=mapping)
        assert response.json()["code"] == "wrong_columns"
        assert response.json()["unknown"] == [name]


def test_an_empty_cell_changes_no_value(imported, make_user):
    user = make_user(first_name="Ada", last_name="Byron")

    imported(THREE + f"{getattr(user, EMAIL)},,Lovelace\n")

    user.refresh_from_db()
    assert (user.first_name, user.last_name) == ("Ada", "Lovelace")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_reads_what_spreadsheets_write(imported, delimiter, mark, end):
    rows = [["Email ", "First_Name"], ["new@example.com", '"Zoë ""Z"" Müller"']]
    text = end.join(delimiter.join(row) for row in rows)

    report = imported(mark + text.encode())

    assert counts(report) == {"created": 1}, report
    assert saved("new@example.com").first_name == 'Zoë "Z" Müller'


def test_a_column_is_what_the_mapping_says(imported):
    mapping = json.dumps({"E-Mail": "email", "Vorname": "first_name"})

    report = imported(
        "Nr,E-Mail,Vorname,last_name\n1,new@example.com,Lise,X\n", mapping=mapping
    )

    assert counts(report) == {"created": 1}
    user = saved("new@example.com")
    assert (user.first_name, user.last_name) == ("Lise", "")


@pytest.mark.parametrize(
    ("file", "mapping", "facts"),
    [
        ("", {}, {"missing": ["email"]}),
        ("first_name\nAda\n", {}, {"missing": ["email"]}),
        ("email,Email\n", {}, {"repeated": ["email"]}),
        ("Mail\n", {"E-Mail": "email"}, {"missing": ["E-Mail", "email"]}),
        ("a,b\n", {"a": "email", "b": "email"}, {"repeated": ["email"]}),
        ("a,b\n", {"a": "email", "b": "password"}, {"unknown": ["password"]}),
    ],
)
def test_refuses_columns_that_do_not_fit(upload, file, mapping, facts):
    query = {"mapping": json.dumps(mapping)} if mapping else {}

    response = upload(file, **query)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "wrong_columns"
    assert {name: response.json()[name] for name in facts} == facts
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        "email\nZoë@example.com\n".encode("latin-1"),
        "email\nada@example.com\n".encode("utf-16"),
        b"email\nada\x00@example.com\n",
        b"email\n\xc3",
        b"PK\x03\x04\x00\x00",
    ],
)
def test_refuses_what_is_no_text_in_utf_8(upload, content):
    response = upload(content)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "file_not_text"


def test_a_file_that_is_no_csv_from_a_line_on_fails_there(imported):
    report = imported('email\nfirst@example.com\n"open quote\nsecond@example.com\n')

    assert (report["state"], report["code"]) == ("failed", "file_malformed")


def test_refuses_a_file_that_is_too_long(upload, monkeypatch):
    monkeypatch.setattr("starterkit_users.v1.users.imports.post.use_case.MOST_LINES", 2)

    response = upload("email\na@example.com\nb@example.com\n")

    assert response.json()["code"] == "too_many_users"


def test_refuses_a_file_that_is_too_large_before_it_reads_it(upload, monkeypatch):
    monkeypatch.setattr(CsvParser, "most_bytes", 20)

    response = upload("email\n" + "x" * 100)

    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert response.json()["code"] == "body_too_large"


@pytest.mark.parametrize(
    "query",
    [
        {"key": "password"},
        {"key": "first_name"},
        {"dry_run": "1"},
        {"mapping": "email"},
        {"mapping": "[]"},
        {"mapping": "{}"},
        {"mapping": '{"a": 1}'},
        {"mapping": '{"a": "email"'},
        {"mapping": '{"a": "' + "x" * 2_000 + '"}'},
        {"limit": "1"},
        {"colour": "red"},
    ],
)
def test_refuses_a_query_that_it_does_not_offer(upload, query):
    response = upload("email\nada@example.com\n", **query)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"
    assert not Job.objects.exists()


def test_refuses_another_media_type(client_of, changer):
    response = client_of(changer).post(URL, {"email": "ada@example.com"})

    assert response.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_a_dry_run_tells_what_would_become_of_the_rows(imported, make_user, received):
    known, signals = make_user(first_name="Ada"), received(account_updated)
    file = (
        "email,first_name\nnew@example.com,Lise\n"
        f"{getattr(known, EMAIL)},Grace\nnone,X\n"
    )

    report = imported(file, dry_run="true")

    assert report["dry_run"] is True
    assert counts(report) == {"created": 1, "updated": 1, "refused": 1}
    assert saved("new@example.com") is None
    known.refresh_from_db()
    assert known.first_name == "Ada"
    assert [it.action for it in AuditEvent.objects.all()] == ["users.import_started"]
    assert signals == []
    assert counts(imported(file)) == counts(report)


def test_the_same_file_again_is_the_same_import(imported, upload):
    file = "email\nnew@example.com\n"

    first, second = imported(file), upload(file)

    assert second.status_code == HTTPStatus.ACCEPTED
    assert second.json() == first
    assert Job.objects.count() == 1
    assert AuditEvent.objects.filter(action="users.import_started").count() == 1
    assert imported("email\nother@example.com\n")["id"] != first["id"]
    assert imported(file, dry_run="true")["id"] != first["id"]


def test_a_failed_import_can_be_tried_again(upload, changer):
    file = "email\nnew@example.com\n"
    first = upload(file).json()["id"]
    jobs.finish(Job.objects.get(), Job.State.FAILED, code="file_gone")

    assert upload(file).json()["id"] != first


def test_the_file_is_private_and_deleted_at_the_end(upload, changer):
    upload(THREE + "new@example.com,Lise,Meitner\n")
    upload(THREE + "new@example.com,Lise,Meitner\n")

    assert Job.objects.get().file == ""
    assert storages[jobs.STORAGE].listdir("imports")[1] == []


def waiting_job(changer, content, **options):
    """Save a job whose task has not run."""
    file = storages[jobs.STORAGE]

    name = file.save("imports/test.csv", ContentFile(content.encode()))
    columns = content.splitlines()[0].split(",")
    given = {"key": "email", "columns": columns, "dry_run": False} | options
    return Job.objects.create(
        kind="import",
        actor_id=str(changer.pk),
        options=given,
        total=len(content.splitlines()),
        file=name,
    )


def many(number):
    return "email\n" + "".join(f"new{n}@example.com\n" for n in range(number))


def test_a_task_that_was_killed_goes_on_where_it_was(changer, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    job = waiting_job(changer, many(5))
    monkeypatch.setattr(
        "starterkit_users.use_cases.run_import.ImportRows.execute",
        _killed_after(2, ImportRows.execute),
    )
    with pytest.raises(KeyboardInterrupt):
        run_import.enqueue(str(job.pk))
    assert saved("new3@example.com") is not None
    assert saved("new4@example.com") is None

    monkeypatch.undo()
    run_import.enqueue(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.done, job.counts) == ("done", 6, {"created": 5})


def _killed_after(times, execute):
    left = [times]

    def run(given):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return execute(given)

    return run


def test_a_task_whose_actor_lost_the_permission_stops(changer):
    job = waiting_job(changer, many(1))
    changer.user_permissions.clear()

    run_import.enqueue(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.code, job.file) == ("failed", "permission_denied", "")
    assert saved("new0@example.com") is None


def test_a_task_without_its_file_fails(changer):
    job = waiting_job(changer, many(1))
    storages[jobs.STORAGE].delete(job.file)

    run_import.enqueue(str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.code) == ("failed", "file_gone")


def test_keeps_a_bounded_number_of_errors(imported, monkeypatch):
    monkeypatch.setattr(imports, "KEPT_ERRORS", 3)

    report = imported("email\n" + "".join(f"none{n}\n" for n in range(5)))

    assert report["refused"] == 5
    assert len(report["errors"]) == 3


def test_what_an_export_wrote_is_read_back(imported, client_of, changer, make_user):
    user = make_user(first_name="=1+1", last_name="Byron")
    table = client_of(changer).get(
        reverse("starterkit_users:users-export"), {"fields": "id,first_name"}
    )

    report = imported(table.getvalue(), key="id")

    assert report["refused"] == 0, report
    user.refresh_from_db()
    assert user.first_name == "=1+1"


def test_audits_the_whole_and_each_user(imported, changer):
    imported("email\nnew@example.com\n")

    whole = AuditEvent.objects.get(action="users.import_started")
    assert whole.actor_id == str(changer.pk)
    assert whole.facts == {"lines": 2, "dry_run": False}
    each = AuditEvent.objects.exclude(pk=whole.pk).get()
    assert each.subject_id == str(saved("new@example.com").pk)
    assert each.request_id == whole.request_id


def test_only_who_started_it_reads_it(upload, client_of, make_user):
    url = upload("email\nnew@example.com\n")["Location"]

    response = client_of(make_user(is_superuser=True)).get(url)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "job_not_found"


@pytest.mark.parametrize("act", ["add", "change"])
def test_needs_both_permissions(upload, changer, act):
    changer.user_permissions.remove(
        *changer.user_permissions.filter(codename__startswith=act)
    )

    response = upload("email\nnew@example.com\n")

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"
    assert not Job.objects.exists()


def test_needs_a_signed_in_user(api):
    response = api.post(URL, b"email\n", content_type="text/csv")

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_what_the_user_model_requires_is_an_error_of_the_row(
    imported, host_fields, settings
):
    settings.STARTERKIT_OVERRIDES = {}
    required = [*host_fields()]

    report = imported("email\nnew@example.com\n")

    errors = [(it["field"], it["code"]) for it in report["errors"]]
    model = get_user_model()
    is_swapped = model._meta.label == "zz_host.User"
    assert errors == ([(required[0], "required")] if is_swapped else [])


class Shouted(ImportUser):
    """A host project's act: one step replaced, the rest inherited."""

    def read_values(self):
        values = super().read_values()
        return values | {"first_name": values["first_name"].upper()}


def test_a_host_can_replace_one_step(imported, settings):
    settings.STARTERKIT_OVERRIDES = settings.STARTERKIT_OVERRIDES | {
        "starterkit_users.use_cases.import_user": f"{__name__}.Shouted"
    }

    imported("email,first_name\nnew@example.com,Lise\n")

    assert saved("new@example.com").first_name == "LISE"


@pytest.mark.django_db(transaction=True)
def test_two_identical_uploads_at_once_are_one_import(changer, at_once):

    def start(_):
        given = partial(StartImportInput, actor=changer, key="email")
        return StartImport.execute(given(file=BytesIO(many(3).encode()))).job.pk

    found = at_once(4, start)

    assert len({*found}) == 1
    assert Job.objects.count() == 1
    assert storages[jobs.STORAGE].listdir("imports")[1] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_each_row_is_saved_once(changer, at_once, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    job = waiting_job(changer, many(9))

    at_once(2, lambda _: run_import.func(str(job.pk)))

    job.refresh_from_db()
    assert (job.state, job.counts) == ("done", {"created": 9})
    assert AuditEvent.objects.count() == 9
