import io
import zipfile
from http import HTTPStatus

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_users.conf import export_storage
from starterkit_users.models import DataExport
from starterkit_users.v1.me.exports.export_id.download.post.use_case import (
    DownloadExport,
)

UNKNOWN = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"

pytestmark = pytest.mark.django_db


def url_of(export_id):
    return reverse("starterkit_users:me-exports-export-id-download", args=[export_id])


@pytest.fixture
def on_disk(settings, tmp_path):
    """Keep private files in a folder, as a project does."""
    backend = "starterkit_core.storages.PrivateFiles"
    entry = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"starterkit_private": entry}
    return tmp_path


def test_returns_the_zip_as_a_file_to_save(client_of, user, export_of):
    export = export_of(user)

    response = client_of(user).post(url_of(export.pk))

    assert response.status_code == HTTPStatus.OK
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith('attachment; filename="data-')
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    content = response.getvalue()
    assert len(content) == int(response["Content-Length"]) > 100
    assert "account.json" in zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_works_once(client_of, user, export_of):
    export = export_of(user)
    client_of(user).post(url_of(export.pk)).getvalue()

    again = client_of(user).post(url_of(export.pk))

    assert again.status_code == HTTPStatus.GONE
    assert again.json()["code"] == "export_gone"


@pytest.mark.django_db(transaction=True)  # closing ends the connection, too
def test_the_file_is_private_and_deleted_when_it_was_sent(
    client_of, user, export_of, on_disk
):
    export = export_of(user)
    [file] = (on_disk / "exports").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    response = client_of(user).post(url_of(export.pk))
    next(iter(response.streaming_content))

    response.close()

    assert not file.exists()


@pytest.mark.django_db(transaction=True)  # closing ends the connection, too
def test_a_transfer_that_breaks_uses_it_up(client_of, user, export_of, on_disk):
    export = export_of(user)

    client_of(user).post(url_of(export.pk)).close()

    assert [*(on_disk / "exports").iterdir()] == []
    assert client_of(user).post(url_of(export.pk)).status_code == HTTPStatus.GONE


def test_is_refused_after_its_time(client_of, user, export_of):
    export = export_of(user, expires_at=timezone.now())

    assert client_of(user).post(url_of(export.pk)).json()["code"] == "export_gone"


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_is_refused_before_there_is_a_file(client_of, user, state):
    export = DataExport.objects.create(user=user, state=state)

    response = client_of(user).post(url_of(export.pk))

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "export_not_ready"


def test_a_file_that_the_storage_lost_is_gone(client_of, user, export_of):
    export = export_of(user)
    export_storage().delete(export.file)

    assert client_of(user).post(url_of(export.pk)).json()["code"] == "export_gone"
    assert not AuditEvent.objects.filter(action="users.export_downloaded").exists()


def test_a_foreign_and_an_unknown_export_get_one_answer(
    client_of, user, make_user, export_of
):
    foreign = export_of(make_user())

    answers = [client_of(user).post(url_of(pk)) for pk in (foreign.pk, UNKNOWN)]

    assert {it.status_code for it in answers} == {HTTPStatus.NOT_FOUND}
    assert {it.json()["code"] for it in answers} == {"export_not_found"}
    foreign.refresh_from_db()
    assert foreign.state == "ready"


@pytest.mark.django_db(transaction=True)  # closing ends the connection, too
@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        ("application/zip", HTTPStatus.OK),
        ("application/json", HTTPStatus.OK),
        ("application/*;q=0.1", HTTPStatus.OK),
        ("text/html", HTTPStatus.NOT_ACCEPTABLE),
    ],
)
def test_takes_clients_that_accept_a_zip(client_of, user, export_of, accepted, status):
    export = export_of(user)

    response = client_of(user).post(url_of(export.pk), HTTP_ACCEPT=accepted)

    assert response.status_code == status
    response.close()


def test_a_client_that_accepts_a_zip_alone_is_refused_in_json(client_of, user):
    response = client_of(user).post(url_of(UNKNOWN), HTTP_ACCEPT="application/zip")

    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "export_not_found"


def test_a_look_does_not_use_it_up(client_of, user, export_of):
    export, client = export_of(user), client_of(user)

    answers = [getattr(client, it)(url_of(export.pk)) for it in ("get", "head")]

    assert {it.status_code for it in answers} == {HTTPStatus.METHOD_NOT_ALLOWED}
    assert client.post(url_of(export.pk)).status_code == HTTPStatus.OK


def test_records_it(client_of, user, export_of):
    export = export_of(user)

    client_of(user).post(url_of(export.pk)).getvalue()

    event = AuditEvent.objects.get(action="users.export_downloaded")
    assert event.actor_id == event.subject_id == str(user.pk)


def test_needs_a_signed_in_user(api):
    assert api.post(url_of(UNKNOWN)).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.django_db(transaction=True)
def test_of_downloads_at_once_one_gets_the_file(at_once, client_of, user, export_of):
    export = export_of(user)

    answers = at_once(4, lambda _: client_of(user).post(url_of(export.pk)))

    assert sorted(it.status_code for it in answers) == [200, 410, 410, 410]
    [first] = [it for it in answers if it.status_code == HTTPStatus.OK]
    assert first.getvalue().startswith(b"PK")


class Deadlock(Exception):
    sqlstate = "40P01"


class Unlucky(DownloadExport):
    """Meets a deadlock at the end of its first run."""

    def open_file(self, export):
        found = super().open_file(export)
        if self._runs == 1:
            raise OperationalError from Deadlock()
        return found


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_does_not_use_it_up(client_of, user, export_of, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.exports.export_id.download.post": f"{__name__}.Unlucky"
    }
    export = export_of(user)

    response = client_of(user).post(url_of(export.pk))

    assert response.getvalue().startswith(b"PK")
    assert AuditEvent.objects.filter(action="users.export_downloaded").count() == 1


class NeverReady(DownloadExport):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_state(self, export):
        super().check_state(DataExport(state="waiting"))


def test_a_host_can_replace_one_step(client_of, user, export_of, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.exports.export_id.download.post": (
            f"{__name__}.NeverReady"
        )
    }
    export = export_of(user)

    response = client_of(user).post(url_of(export.pk))

    assert response.json()["code"] == "export_not_ready"
