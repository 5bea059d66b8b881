"""Avatars beside their endpoints: who sees them, and where their files end."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.ports import personal_data
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_users.models import AvatarLeftover, avatar_model
from starterkit_users.personal_data import AvatarData
from starterkit_users.services import avatar_files, pictures

ME = reverse("starterkit_users:me")
USERS = reverse("starterkit_users:users")

pytestmark = pytest.mark.django_db

needs_pillow = pytest.mark.skipif(
    not pictures.can_be_made(), reason="needs the extra avatars"
)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A block after which what waits for a commit has run."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@needs_pillow
def test_shows_the_urls_of_each_size(client_of, pictured, avatar_storage):
    shown = client_of(pictured).get(ME).json()["avatar"]

    assert shown.keys() == {"64", "256"}
    names = {url.removeprefix("https://media.example.com/") for url in shown.values()}
    assert sorted(names) == avatar_storage()


@needs_pillow
def test_is_one_query_of_its_own(client_of, pictured, django_assert_num_queries):
    with django_assert_num_queries(1):
        client_of(pictured).get(ME)


@needs_pillow
def test_of_many_users_all_are_read_at_once(
    client_of, administrator, pictured, user, django_assert_max_num_queries
):
    client = client_of(administrator)
    client.get(USERS)

    with django_assert_max_num_queries(4):
        rows = client.get(USERS).json()["results"]

    shown = {row["id"]: row["avatar"] is not None for row in rows}
    assert shown == {
        str(pictured.pk): True,
        str(user.pk): False,
        str(administrator.pk): False,
    }


@needs_pillow
def test_administrators_see_it(client_of, administrator, pictured):
    url = reverse("starterkit_users:users-user-id", args=[pictured.pk])

    assert client_of(administrator).get(url).json()["avatar"].keys() == {"64", "256"}


@needs_pillow
def test_a_storage_without_urls_shows_no_picture(client_of, pictured, settings):
    entry = {"BACKEND": "starterkit_core.storages.PrivateFiles"}
    settings.STORAGES = settings.STORAGES | {"avatars": entry}

    assert client_of(pictured).get(ME).json()["avatar"] is None


def test_without_sizes_there_is_no_such_field(client_of, pictured, tuner):
    tuner("STARTERKIT_USERS")(AVATAR_SIZES=())

    assert "avatar" not in client_of(pictured).get(ME).json()


def test_the_files_of_a_deleted_account_are_deleted(
    pictured, avatar_storage, committed
):
    with committed():
        rows_of(get_user_model()).filter(pk=pictured.pk).delete()
        assert avatar_storage() != []

    assert avatar_storage() == []
    assert not rows_of(AvatarLeftover).exists()


def test_the_files_of_a_deleted_row_are_deleted(pictured, avatar_storage, committed):
    with committed():
        rows_of(avatar_model()).all().delete()

    assert avatar_storage() == []


def test_a_deletion_that_is_rolled_back_deletes_no_file(pictured, avatar_storage):
    before = avatar_storage()

    rows_of(avatar_model()).all().delete()  # this test never commits

    assert avatar_storage() == before != []
    [leftover] = rows_of(AvatarLeftover)
    assert sorted(leftover.names) == before


def test_exports_the_largest_picture(pictured):
    [(name, file)] = AvatarData().files(pictured)

    with file:
        assert (name, file.read()) == ("avatar.webp", b"large")
    assert personal_data.export(pictured)["avatar"].keys() == {
        "created_at",
        "updated_at",
    }


def test_exports_no_picture_of_a_user_without_one(user):
    assert personal_data.export(user)["avatar"] is None
    assert [*AvatarData().files(user)] == []


def test_erasing_deletes_the_picture_and_can_be_repeated(
    pictured, avatar_storage, committed
):
    with committed():
        personal_data.erase(pictured)
        personal_data.erase(pictured)

    assert not rows_of(avatar_model()).exists()
    assert avatar_storage() == []


class Down(InMemoryStorage):
    """A storage that does not delete what is called so."""

    def delete(self, name):
        if "stuck" in name:
            raise OSError("down")
        super().delete(name)


@pytest.fixture
def purge(capsys):
    def run():
        call_command("starterkit", "purge")
        return capsys.readouterr().out

    return run


def leftover_of(name, age):
    storage = storages["avatars"]
    storage.save(name, avatar_files._file_of(b"x"))
    moment = timezone.now() - age
    leftover = AvatarLeftover(pk=first_id_at(moment), names=[name], created_at=moment)
    leftover.save(force_insert=True)
    return leftover


def test_a_purge_deletes_what_a_crash_left_behind(pictured, avatar_storage, purge):
    kept = avatar_storage()
    leftover_of("avatars/old.webp", timedelta(hours=2))
    leftover_of("avatars/new.webp", timedelta(minutes=2))

    told = purge()

    assert "avatar files: 1 removed" in told
    assert avatar_storage() == sorted([*kept, "avatars/new.webp"])
    assert rows_of(AvatarLeftover).count() == 1
    assert "avatar files: 0 removed" in purge()


def test_a_purge_goes_on_after_a_file_that_cannot_be_deleted(
    settings, avatar_storage, purge
):
    entry = {"BACKEND": f"{__name__}.Down"}
    settings.STORAGES = settings.STORAGES | {"avatars": entry}
    stuck = leftover_of("avatars/stuck.webp", timedelta(hours=3))
    leftover_of("avatars/other.webp", timedelta(hours=2))

    purge()

    assert avatar_storage() == ["avatars/stuck.webp"]
    assert rows_of(AvatarLeftover).get() == stuck


def test_files_that_cannot_be_deleted_now_are_left_to_a_purge(
    settings, avatar_storage, committed, caplog
):
    entry = {"BACKEND": f"{__name__}.Down"}
    settings.STORAGES = settings.STORAGES | {"avatars": entry}

    with committed():
        avatar_files.drop(["avatars/stuck.webp"])

    assert rows_of(AvatarLeftover).get().names == ["avatars/stuck.webp"]
    assert "could not be deleted" in caplog.text


class Naming(InMemoryStorage):
    """A storage that chooses names of its own."""

    def get_available_name(self, name, max_length=None):
        return f"mine/{name}"


def test_the_names_that_a_storage_chooses_are_kept(settings, avatar_storage):
    entry = {"BACKEND": f"{__name__}.Naming"}
    settings.STORAGES = settings.STORAGES | {"avatars": entry}

    saved = avatar_files.save({64: b"x"})

    assert [*saved.by_size.values()] == avatar_storage()
    assert rows_of(AvatarLeftover).get().names == avatar_storage()
