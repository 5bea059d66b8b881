"""``manage.py seed``, as on the command line."""

import shutil
from http import HTTPStatus
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator

from example_project.demo.accounts import ACCOUNTS, PASSWORD
from example_project.demo.cache import DemoCache
from example_project.demo.management.commands.seed import DOCUMENTS
from example_project.legal.models import Acceptance
from example_project.notes.models import Note
from starterkit_terms.models import version_model
from starterkit_users.models import Role, Status, User

ORIGIN = "http://testserver"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings):
    """Tests run with DEBUG off; a demo does not."""
    settings.DEBUG = True


def seed(*options):
    said = StringIO()
    call_command("seed", *options, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.email)
def test_the_accounts_can_use_the_api_at_once(api, account):
    seed()

    body = {"email": account.email, "password": PASSWORD}
    session = api.post(reverse("starterkit_auth:session"), body).json()
    token = {"Authorization": f"Bearer {session['access_token']}"}
    notes = api.get(reverse("notes:notes"), headers=token)

    assert notes.status_code == HTTPStatus.OK
    assert len(notes.json()["results"]) == 2


def test_swagger_ui_signs_in_with_the_examples_as_they_are(api):
    seed()
    path = reverse("starterkit_auth:session")
    document = SchemaGenerator().get_schema(request=None, public=True)
    (content,) = document["paths"][path]["post"]["requestBody"]["content"].values()

    for example in content["examples"].values():
        response = api.post(path, example["value"], headers={"Origin": ORIGIN})
        assert response.status_code == HTTPStatus.CREATED


def test_it_prints_how_to_sign_in():
    said = seed()

    for account in ACCOUNTS:
        assert f"{account.email}, password {PASSWORD}" in said


def test_the_administrator_enters_the_administration(client):
    seed()

    client.login(username="admin@example.com", password=PASSWORD)

    assert client.get(reverse("admin:index")).status_code == HTTPStatus.OK


def test_the_documents_are_in_force_in_both_languages(api):
    seed()

    answer = api.get(reverse("starterkit_terms:documents")).json()

    found = {d["document"]: (d["mandatory"], d["locales"]) for d in answer["results"]}
    assert found == {
        "terms-of-service": (True, ["en", "pt-br"]),
        "privacy-notice": (False, ["en", "pt-br"]),
        "news": (False, ["en", "pt-br"]),
    }


def test_what_is_published_is_what_the_files_say():
    seed()

    call_command("terms_check_drift", str(DOCUMENTS), stdout=StringIO())


def test_a_file_that_was_changed_and_not_published_is_found(tmp_path):
    seed()
    files = shutil.copytree(DOCUMENTS, tmp_path / "documents")
    text = files / "news/en.md"
    text.write_text(text.read_text("utf-8").replace("month", "week"), "utf-8")

    with pytest.raises(CommandError, match="differ"):
        call_command("terms_check_drift", str(files), stdout=StringIO())


def test_repeating_adds_no_rows_and_resets_the_password(django_user_model):
    seed()
    ada = django_user_model.objects.get(email="ada@example.com")
    ada.set_password("something else")
    ada.save()

    seed()

    counts = [model.objects.count() for model in (User, Note, Acceptance)]
    ada.refresh_from_db()
    assert counts == [2, 4, 2]
    assert version_model().objects.count() == 3
    assert ada.check_password(PASSWORD)


def test_an_account_that_its_owner_left_can_be_used_again(client_of):
    seed()
    ada = User.objects.get(email="ada@example.com")
    client_of(ada).delete(reverse("starterkit_users:me"))
    ada.refresh_from_db()
    assert ada.status == Status.DELETION_SCHEDULED

    seed()

    ada.refresh_from_db()
    assert (ada.status, ada.status_until) == (Status.ACTIVE, None)
    assert client_of(ada).get(reverse("notes:notes")).status_code == HTTPStatus.OK


def test_after_too_many_tries_it_lets_everybody_try_again(api):
    seed()
    url, wrong = reverse("starterkit_auth:session"), {"email": "ada@example.com"}
    tries = [api.post(url, wrong | {"password": "wrong"}) for _ in range(12)]
    assert tries[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS

    seed()

    right = api.post(url, wrong | {"password": PASSWORD})
    assert right.status_code == HTTPStatus.CREATED


def test_clearing_the_cache_tells_other_processes(tmp_path):
    cache = DemoCache(str(tmp_path / "cleared"), {})
    cache.set("limit", 10)

    cache.clear()

    assert cache.get("limit") is None
    assert (tmp_path / "cleared").exists()


@pytest.mark.parametrize("is_new", [False, True])
def test_a_server_beside_the_seed_forgets_its_limits(tmp_path, is_new):
    place = tmp_path / "cleared"
    server = DemoCache(str(place), {})
    server.set("limit", 10)

    place.touch()  # as clear() of another process does
    thread = DemoCache(str(place), {}) if is_new else server

    assert thread.get("limit") is None


def test_the_roles_are_those_of_the_code():
    said = seed()

    assert "support: new" in said
    assert Role.objects.filter(key="support").exists()


def test_it_refuses_outside_of_a_demo(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="--force"):
        seed()
    assert not User.objects.exists()


def test_it_can_be_forced(settings):
    settings.DEBUG = False

    seed("--force")

    assert User.objects.count() == 2
