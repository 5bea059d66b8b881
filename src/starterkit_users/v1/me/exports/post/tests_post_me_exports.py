import io
import json
import zipfile
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_users.conf import export_storage
from starterkit_users.models import DataExport
from starterkit_users.services import user_rows
from starterkit_users.v1.me.exports.post.use_case import RequestExport

URL = reverse("starterkit_users:me-exports")
PASSWORD = "my-secret-lighthouse"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client_of):
    """Ask for an export; the task runs at once."""

    def post(user, **headers):
        response = client_of(user).post(URL, **headers)
        assert response.status_code == HTTPStatus.ACCEPTED, response.content
        return response.json()

    return post


@pytest.fixture
def download(client_of):
    def post(user, export_id):
        name = "starterkit_users:me-exports-export-id-download"
        return client_of(user).post(reverse(name, args=[export_id]))

    return post


@pytest.fixture
def unzipped(ask, download):
    """Return the files of a new export, by name."""

    def make(user):
        response = download(user, ask(user)["id"])
        archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}

    return make


@pytest.fixture
def providing():
    """Register a provider until the test ends."""
    names = []

    def register(provider):
        personal_data.register(provider)
        names.append(provider.name)

    yield register
    for name in names:
        personal_data.unregister(name)


class Photos:
    name = "photos"
    models = ()

    def export(self, user):
        return [{"title": "Café", "taken_at": timezone.now()}]

    def files(self, user):
        yield "../../etc/beach day.jpg", ContentFile(b"\xff\xd8 sea")

    def erase(self, user):
        pass


class Broken:
    name = "broken"
    models = ()
    fails = True

    def export(self, user):
        if self.fails:
            raise RuntimeError("of " + user.get_username())

    def erase(self, user):
        pass


def test_answers_with_an_export_that_waits(ask, user):
    export = ask(user)

    assert export["state"] == "waiting"
    assert export["ready_at"] is None
    assert set(export) == {
        "id",
        "state",
        "created_at",
        "ready_at",
        "expires_at",
        "downloaded_at",
    }


def test_has_a_file_for_each_provider(unzipped, make_user):
    files = unzipped(make_user(first_name="Zoë"))

    assert {f"{it.name}.json" for it in personal_data.providers()} == {*files}
    assert json.loads(files["account.json"])["first_name"] == "Zoë"
    assert "Zoë".encode() in files["account.json"]
    assert "users.export_requested" in files["audit.json"].decode()


def test_has_the_files_of_a_provider_under_a_safe_name(unzipped, user, providing):
    providing(Photos())

    files = unzipped(user)

    [photo] = [name for name in files if name.startswith("photos/")]
    assert ".." not in photo.split("/")
    assert photo.count("/") == 1
    assert files[photo] == b"\xff\xd8 sea"
    assert "Café" in files["photos.json"].decode()


def test_has_no_secret(unzipped, make_user):
    user = make_user(password=PASSWORD)

    content = b"\n".join(unzipped(user).values()).decode()

    assert user.password not in content
    assert user.password.rpartition("$")[2] not in content
    assert PASSWORD not in content


@pytest.mark.usefixtures("with_addresses")
def test_has_no_data_of_another_user(unzipped, user, make_user):
    other = make_user(first_name="Bartholomew")

    content = b"\n".join(unzipped(user).values()).decode()

    assert str(other.pk) not in content or len(str(other.pk)) < 10
    assert "Bartholomew" not in content
    assert getattr(other, other.get_email_field_name()) not in content


def test_one_that_waits_is_returned_again(ask, user, busy_workers):
    first = ask(user)

    again = ask(user)

    assert again["id"] == first["id"]
    assert DataExport.objects.count() == 1


def test_one_whose_task_was_lost_is_begun_again(ask, user):
    long_ago = timezone.now() - timedelta(hours=2)
    lost = DataExport.objects.create(user=user, created_at=long_ago)

    again = ask(user)

    assert again["id"] == str(lost.pk)
    assert DataExport.objects.get().state == "ready"


def test_a_new_file_replaces_the_former_one(ask, download, user):
    first = ask(user)

    ask(user)

    former = DataExport.objects.get(pk=first["id"])
    assert former.state == "replaced"
    assert download(user, first["id"]).json()["code"] == "export_gone"
    assert not export_storage().exists(former.file)


@pytest.mark.usefixtures("with_addresses")
def test_tells_by_mail_without_a_secret(ask, make_user, mailbox, settings):
    user = make_user(email="ada@example.com")
    page = "https://app.example.com/my-data"
    settings.STARTERKIT_USERS = {"EXPORT_PAGE": page}

    export = ask(user)

    [mail] = mailbox
    assert mail.to == ["ada@example.com"]
    assert mail.subject == "Your data at Our service is ready"
    assert page in mail.body
    assert export["id"] not in mail.body
    assert DataExport.objects.get().file not in mail.body


@pytest.mark.usefixtures("with_addresses")
def test_the_mail_speaks_the_language_of_the_request(ask, user, mailbox):
    ask(user, HTTP_ACCEPT_LANGUAGE="pt-br")

    assert 'lang="pt-br"' in mailbox[0].alternatives[0].content
    assert "estão prontos" in mailbox[0].subject


@pytest.mark.skipif(user_rows.has_key_of_address(), reason="here all have an address")
def test_a_user_without_an_address_gets_no_mail(ask, user, mailbox):
    setattr(user, user.get_email_field_name(), "")
    user.save()

    ask(user)

    assert mailbox == []
    assert DataExport.objects.get().state == "ready"


def test_a_failure_is_shown_and_another_one_may_be_asked_for(
    client_of, ask, user, providing, tuner
):
    tuner("STARTERKIT_USERS")(EXPORT_LIMIT="1/d")
    broken = Broken()
    providing(broken)
    failed = ask(user)
    url = reverse("starterkit_users:me-exports-export-id", args=[failed["id"]])
    assert client_of(user).get(url).json()["state"] == "failed"
    broken.fails = False

    again = ask(user)

    assert DataExport.objects.get(pk=again["id"]).state == "ready"
    assert not export_storage().exists(DataExport.objects.get(pk=failed["id"]).file)


def test_is_limited(client_of, user, make_user, tuner):
    tuner("STARTERKIT_USERS")(EXPORT_LIMIT="2/d")
    answers = [client_of(user).post(URL) for _ in range(3)]

    assert [it.status_code for it in answers] == [202, 202, 429]
    assert client_of(make_user()).post(URL).status_code == HTTPStatus.ACCEPTED


def test_records_it(ask, user):
    export = ask(user)

    event = AuditEvent.objects.get(action="users.export_requested")
    assert event.actor_id == event.subject_id == str(user.pk)
    assert event.facts == {"export": export["id"]}


def test_needs_a_signed_in_user(api):
    assert api.post(URL).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_all_get_one_export(
    at_once, client_of, user, tuner, busy_workers
):
    tuner("STARTERKIT_USERS")(EXPORT_LIMIT="9/d")

    answers = at_once(4, lambda _: client_of(user).post(URL))

    assert {it.status_code for it in answers} == {202}
    assert len({it.json()["id"] for it in answers}) == 1
    assert DataExport.objects.count() == 1


def test_the_database_holds_one_running_export_too(user):
    DataExport.objects.create(user=user)

    with pytest.raises(IntegrityError), transaction.atomic():
        DataExport.objects.create(user=user)


class OnlyProven(RequestExport):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_running(self):
        return DataExport(
            pk="0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", user=self.input.user
        )


def test_a_host_can_replace_one_step(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.exports.post": f"{__name__}.OnlyProven"
    }

    assert client_of(user).post(URL).json()["id"].startswith("0199f0a3")
