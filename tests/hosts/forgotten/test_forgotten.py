"""After an erasure, no trace of a person is left: in tables, files, cache and queue."""

import io
import shutil
import zipfile
from datetime import timedelta
from http import HTTPStatus
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import Challenge, session_model
from starterkit_core.services import audit
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.client import Client as Caller
from starterkit_core.utils.pseudonyms import pseudonym
from starterkit_terms.models import acceptance_model
from starterkit_users.models import DataExport, Erasure
from starterkit_users.use_cases.start_erasure import start_erasure
from tests.hosts.forgotten.settings import FOLDER

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "zephyrine.quux@example.com"
IN_QUEUE = "django_tasks_database_dbtaskresult.args_kwargs: request id"
"""What a task was started by; the library deletes tasks that are done after a while."""

SEEDS = {
    "address": "zephyrine.quux",
    "new address": "quux.renamed",
    "first name": "Zephyrine",
    "last name": "Quuxington",
    "network": "203.0.113.77",
    "truncated network": "203.0.113.0",
    "user agent": "ZephyrBrowser",
    "device": "Quuxphone",
    "platform": "QuuxOS",
    "version": "77.66.55",
    "request id": "zephyr-request-0001",
}


def work():
    """Let a worker do everything that waits."""
    call_command(
        "starterkit_worker", "--batch", "--no-reload", "--no-startup-delay", verbosity=0
    )


@pytest.fixture(autouse=True)
def _clean():
    cache.clear()
    yield
    shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture
def walk(person, monkeypatch):
    """A person whose requests all have the same traces; a worker follows each."""
    person.email = EMAIL
    person.client.defaults |= {
        "REMOTE_ADDR": SEEDS["network"],
        "HTTP_USER_AGENT": "ZephyrBrowser/1.0",
        "HTTP_X_REQUEST_ID": SEEDS["request id"],
    }
    send = person.send

    def and_work(request, *args, **kwargs):
        response = send(request, *args, **kwargs)
        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, request
        work()
        return response

    monkeypatch.setattr(person, "send", and_work)
    return person


@pytest.fixture
def zephyrine(walk, published, office):
    """A person who used every part of every module."""
    device = {
        "device_name": "Quuxphone",
        "platform": "QuuxOS",
        "app_version": "77.66.55",
    }
    walk.sign_up(accepted_terms=published["acceptances"])
    walk.confirm()
    walk.sign_up()  # the address is in use, or waits again
    walk.sign_in(**device)
    walk.send(
        "PATCH users/v1/me/", {"first_name": "Zephyrine", "last_name": "Quuxington"}
    )
    walk.send("POST auth/v1/session/", {"email": EMAIL, "password": "wrong"})
    walk.ask_for_reset()
    walk.send("POST auth/v1/email/change/", {"email": "quux.renamed@example.com"})
    asked = walk.send("POST users/v1/me/exports/")
    assert asked.status_code == HTTPStatus.ACCEPTED, asked.content
    user = get_user_model().objects.get(email=EMAIL)
    url = reverse("admin:starterkit_users_user_change", args=[user.pk])
    form = office.get(url).context["adminform"].form
    office.post(url, {name: value for name, value in form.initial.items() if value})
    audit.record(
        "shop.met", actor=user, subject=user, client=Caller(address="203.0.113.77")
    )
    return user


def traces():
    """Yield where each seed is found: ``table.column``, file, cache or queue."""
    yield from _in_tables()
    for file in Path(FOLDER).rglob("*"):
        if file.is_file():
            yield f"file {file.name}"  # of this person, as there is no other
    for name, value in cache._cache.items():
        yield from _found("cache", f"{name} {value!r}")


def _in_tables():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # a name of our schema
            columns = [it[0] for it in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = value
                    if isinstance(value, (bytes, memoryview)):
                        text = bytes(value).decode("latin-1")
                    yield from _found(f"{table}.{column}", str(text))


def _found(place, text):
    for kind, seed in SEEDS.items():
        if seed.lower() in text.lower():
            yield f"{place}: {kind}"


@pytest.fixture
def erase(make_user, published):
    """Let an administrator erase a person, and a worker do it."""
    client = ApiClient()
    client.force_authenticate(make_user(is_superuser=True, is_staff=True))
    client.post("/api/terms/v1/acceptances/", published)

    def send(user):
        url = reverse("starterkit_users:users-user-id", args=[user.pk])
        response = client.delete(f"{url}?reason=request")
        assert response.status_code == HTTPStatus.ACCEPTED, response.content
        work()

    return send


def test_every_trace_is_there_before(zephyrine):
    kinds = {it.rpartition(": ")[2] for it in traces()}

    assert kinds >= SEEDS.keys()


def test_no_trace_is_left(zephyrine, erase):
    erase(zephyrine)

    assert Erasure.objects.get().state == "done"
    assert {*traces()} <= {IN_QUEUE}
    call_command("prune_db_task_results", min_age_days=0, verbosity=0)
    assert {*traces()} == set()


def test_the_address_can_register_again_and_sees_none_of_the_former(
    zephyrine, erase, person, published
):
    erase(zephyrine)
    old = person.tokens
    person.client.credentials()

    person.sign_up(accepted_terms=published["acceptances"])
    assert person.confirm().status_code == HTTPStatus.CREATED

    me = person.read_me().json()
    assert me["email"] == EMAIL
    assert me["id"] != str(zephyrine.pk)
    assert me["first_name"] == ""
    assert person.send("GET users/v1/me/exports/").json()["results"] == []
    assert len(person.send("GET auth/v1/sessions/").json()["results"]) == 1
    events = person.send("GET auth/v1/events/").json()["results"]
    assert {it["action"] for it in events} <= {
        "auth.registered",
        "auth.signed_in",
        "auth.address_confirmed",
    }
    person.client.credentials(HTTP_AUTHORIZATION=f"Bearer {old['access_token']}")
    assert person.read_me().status_code == HTTPStatus.UNAUTHORIZED
    body = {"refresh_token": old["refresh_token"]}
    answer = person.send("POST auth/v1/session/refresh/", body)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED


def test_evidence_still_verifies(zephyrine, erase):
    erase(zephyrine)

    kept = acceptance_model().objects.get(user=None)
    assert kept.actor_id == pseudonym(zephyrine, "starterkit_terms.actor")
    text = kept.version.texts.get(locale=kept.locale)
    assert kept.content_hash == text.content_hash


def test_the_account_is_closed_before_a_worker_comes(zephyrine, person, monkeypatch):
    monkeypatch.undo()  # no worker follows a request

    start_erasure(zephyrine, by=None, reason="self_service")

    assert person.read_me().status_code == HTTPStatus.UNAUTHORIZED
    assert person.sign_in().status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("path", ["", "{export}/download/"])
def test_all_data_needs_a_recent_proof(zephyrine, person, path):
    export = DataExport.objects.get(state="ready")
    long_ago = timezone.now() - timedelta(hours=1)
    session_model().objects.update(authenticated_at=long_ago)

    url = f"POST users/v1/me/exports/{path.format(export=export.pk)}"
    answer = person.send(url)

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert answer.json()["code"] == "step_up_required"
    assert person.send("GET users/v1/me/exports/").status_code == HTTPStatus.OK
    export.refresh_from_db()
    assert export.state == "ready"


def test_terms_that_are_not_accepted_stand_in_no_way(zephyrine, person, publish_terms):
    publish_terms("Be kinder.", "--label", "2")
    assert person.rename().status_code == HTTPStatus.FORBIDDEN
    export = DataExport.objects.get(state="ready")

    answers = [
        person.send("GET users/v1/me/exports/"),
        person.send(f"GET users/v1/me/exports/{export.pk}/"),
        person.send(f"POST users/v1/me/exports/{export.pk}/download/"),
        person.send("POST users/v1/me/exports/"),
    ]

    assert answers[2].getvalue().startswith(b"PK")
    assert [it.status_code for it in answers] == [200, 200, 200, 202]


def test_no_secret_of_any_module_is_in_the_zip(zephyrine, person):
    export = DataExport.objects.get(state="ready")
    [file] = Path(FOLDER).rglob("*.zip")
    archive = zipfile.ZipFile(io.BytesIO(file.read_bytes()))
    content = b"".join(archive.read(name) for name in archive.namelist()).decode()
    session = session_model().objects.filter(user=zephyrine).latest("pk")
    challenge = Challenge.objects.latest("pk")
    secrets = [
        zephyrine.password,
        PASSWORD,
        session.auth_hash,
        bytes(session.salt).hex(),
        challenge.auth_hash,
        *(it for name, it in person.tokens.items() if name.endswith("_token")),
    ]

    assert "Zephyrine" in content
    assert "Quuxphone" in content
    assert export.file not in content
    assert [it for it in secrets if str(it) and str(it) in content] == []


@pytest.fixture
def log():
    def write(folder):
        out = StringIO()
        call_command("users_erasure_log", stdout=out)
        file = folder / "erasures.log"
        file.write_text(out.getvalue())
        return file

    return write


def dump(folder):
    file = folder / "backup.json"
    call_command(
        "dumpdata", exclude=["django_tasks_database"], output=str(file), verbosity=0
    )
    return file


def restore(file):
    call_command("flush", interactive=False, verbosity=0)
    ContentType.objects.all().delete()  # made by flush; the backup has its own
    call_command("loaddata", str(file), verbosity=0)


def test_a_restored_backup_is_erased_again(zephyrine, erase, log, tmp_path, make_user):
    other = make_user(first_name="Bartholomew")
    backup = dump(tmp_path)
    erase(zephyrine)
    file = log(tmp_path)
    assert EMAIL not in file.read_text()
    assert str(zephyrine.pk) not in file.read_text()
    restore(backup)
    assert {it.rpartition(": ")[2] for it in traces()} > {"first name", "device"}

    said = StringIO()
    call_command("users_replay_erasures", str(file), stdout=said)
    call_command("prune_db_task_results", min_age_days=0, verbosity=0)

    assert "1 of 1 were there again" in said.getvalue()
    assert {*traces()} == set()
    other.refresh_from_db()
    assert other.first_name == "Bartholomew"
    assert other.is_active


def test_a_replay_can_be_tried_and_repeated(zephyrine, erase, log, tmp_path):
    backup = dump(tmp_path)
    erase(zephyrine)
    file = log(tmp_path)
    restore(backup)

    tried, first, again = StringIO(), StringIO(), StringIO()
    call_command("users_replay_erasures", str(file), dry_run=True, stdout=tried)
    assert get_user_model().objects.get(pk=zephyrine.pk).first_name == "Zephyrine"
    call_command("users_replay_erasures", str(file), stdout=first)
    call_command("users_replay_erasures", str(file), stdout=again)

    assert f"{zephyrine.pk}: to erase" in tried.getvalue()
    assert "1 of 1" in first.getvalue()
    assert "0 of 1" in again.getvalue()


def test_the_log_outlives_the_secret_key(zephyrine, erase, log, tmp_path, settings):
    backup = dump(tmp_path)
    erase(zephyrine)
    file = log(tmp_path)
    restore(backup)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "y" * 50

    call_command("users_replay_erasures", str(file), stdout=StringIO())

    assert get_user_model().objects.get(pk=zephyrine.pk).first_name == ""


def test_an_account_that_got_the_id_later_is_none_that_came_back(
    zephyrine, log, tmp_path
):
    file = tmp_path / "erasures.log"
    hidden = pseudonym(zephyrine, "starterkit_users.erasure_log")
    file.write_text(f"{hidden} 2020-01-01T00:00:00Z\n")

    call_command("users_replay_erasures", str(file), stdout=StringIO())

    assert get_user_model().objects.get(pk=zephyrine.pk).first_name == "Zephyrine"


@pytest.mark.parametrize("line", ["no log", "a" * 64, "a" * 64 + " yesterday", "\0"])
def test_refuses_what_is_no_log(db, tmp_path, line):
    file = tmp_path / "erasures.log"
    file.write_text(line)

    with pytest.raises(CommandError, match="no erasure log"):
        call_command("users_replay_erasures", str(file))


def test_an_account_that_is_deleted_is_in_the_log_too(zephyrine, log, tmp_path):
    [file] = Path(FOLDER).rglob("*.zip")
    hidden = pseudonym(zephyrine, "starterkit_users.erasure_log")

    zephyrine.delete()

    assert hidden in log(tmp_path).read_text()
    assert not file.exists()
    assert not DataExport.objects.exists()
