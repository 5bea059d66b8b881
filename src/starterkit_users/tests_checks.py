import sys

import pytest
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import get_user_model

from starterkit_core import presets
from starterkit_core.db.databases import accounts_database
from starterkit_core.ports import roles
from starterkit_users.checks import (
    check_avatar_storage,
    check_avatar_urls,
    check_exports,
    check_guardian,
    check_pillow,
    check_ranks,
    check_roles,
    check_synced_roles,
)
from starterkit_users.conf import UsersSettings
from starterkit_users.models import AbstractUser
from starterkit_users.ranked_admin import RankedUserAdmin
from starterkit_users.services import data_exports, pictures
from starterkit_users.services.roles import has_roles

OURS = issubclass(get_user_model(), AbstractUser)

needs_pillow = pytest.mark.skipif(
    not pictures.can_be_made(), reason="needs the extra avatars"
)


class RankedUser(RankedUserAdmin, auth_admin.UserAdmin):
    """An administration of the host with our class before its base class."""


@pytest.fixture
def guardian(settings, tmp_path, monkeypatch):
    """An installed app of this name; the package itself is not needed."""
    (tmp_path / "guardian").mkdir()
    (tmp_path / "guardian" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "guardian"]


@pytest.mark.skipif(not OURS, reason="the project has another user model")
@pytest.mark.usefixtures("guardian")
def test_e001_guardians_anonymous_user_needs_an_address(settings):
    [message] = check_guardian()

    assert message.id == "starterkit_users.E001"
    assert "'AnonymousUser'" in message.msg

    for name in (None, "anonymous@example.com"):
        settings.ANONYMOUS_USER_NAME = name
        assert check_guardian() == []


@pytest.mark.skipif(OURS, reason="the project has our user model")
@pytest.mark.usefixtures("guardian")
def test_e001_another_user_model_may_have_any_name():
    assert check_guardian() == []


def test_e001_is_silent_without_guardian():
    assert check_guardian() == []


@pytest.mark.skipif(not OURS, reason="the administration is that of the host")
def test_w030_ours_lets_no_staff_rise():
    assert check_ranks() == []


@pytest.mark.parametrize("mine", [auth_admin.UserAdmin, RankedUser])
def test_w030_an_administration_lets_staff_rise(mine, monkeypatch):
    monkeypatch.setattr(admin, "site", admin.AdminSite())
    admin.site.register(get_user_model(), mine)

    found = [message.id for message in check_ranks()]

    assert found == ["starterkit_users.W030"] * (mine is auth_admin.UserAdmin)


def test_w030_is_silent_without_an_administration(monkeypatch):
    monkeypatch.setattr(admin, "site", admin.AdminSite())

    assert check_ranks() == []


def test_warns_of_a_project_without_a_place_for_exports(settings):
    assert check_exports() == []

    settings.STORAGES = {
        name: entry
        for name, entry in settings.STORAGES.items()
        if name != "starterkit_private"
    }

    [found] = check_exports()
    assert found.id == "starterkit_users.W020"
    assert not data_exports.are_possible()


@pytest.fixture
def without_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    pictures.can_be_made.cache_clear()
    yield
    pictures.can_be_made.cache_clear()


@pytest.mark.usefixtures("without_pillow")
def test_i010_there_are_no_avatars_without_pillow(settings):
    [message] = check_pillow()

    assert message.id == "starterkit_users.I010"

    settings.STARTERKIT_USERS = {"AVATAR_SIZES": ()}
    assert check_pillow() == []


def use_storage(settings, **entry):
    settings.STORAGES = {**settings.STORAGES, "avatars": entry}


@needs_pillow
def test_e010_a_storage_without_urls_is_none_for_avatars(settings, tmp_path):
    private = "starterkit_core.storages.PrivateFiles"
    use_storage(settings, BACKEND=private, OPTIONS={"location": tmp_path})

    [message] = check_avatar_urls()

    assert message.id == "starterkit_users.E010"


@needs_pillow
def test_w011_avatars_need_a_folder(settings, tmp_path):
    on_disk = "django.core.files.storage.FileSystemStorage"
    use_storage(settings, BACKEND=on_disk)

    [message] = check_avatar_urls()

    assert message.id == "starterkit_users.W011"

    use_storage(settings, BACKEND=on_disk, OPTIONS={"location": tmp_path})
    assert check_avatar_urls() == []


@needs_pillow
def test_w010_avatars_have_a_storage_of_their_own(settings):
    assert check_avatar_storage() == []

    others = {"staticfiles": settings.STORAGES["staticfiles"]}
    settings.STORAGES = {**others, "default": settings.STORAGES["default"]}
    [message] = check_avatar_storage()

    assert message.id == "starterkit_users.W010"


@needs_pillow
def test_the_public_files_of_the_preset_are_for_avatars_too(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = presets.storages(tmp_path / "private")

    assert check_avatar_storage() == check_avatar_urls() == []


@pytest.mark.usefixtures("without_pillow")
def test_without_avatars_no_storage_is_judged(settings):
    use_storage(settings, BACKEND="starterkit_core.storages.PrivateFiles")

    assert check_avatar_storage() == check_avatar_urls() == []


@needs_pillow
def test_a_storage_that_does_not_exist_is_left_to_django(settings):
    use_storage(settings, BACKEND="no.such.Storage")

    assert check_avatar_urls() == []


@pytest.mark.parametrize(
    "sizes", [(0,), (-64,), (5_000,), ("64",), (64, 64), (64.0,), (True,)]
)
def test_sizes_are_different_whole_numbers(settings, sizes):
    settings.STARTERKIT_USERS = {"AVATAR_SIZES": sizes}

    assert dict(UsersSettings.problems()).keys() == {"AVATAR_SIZES"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "Support"},
        {"key": "support team"},
        {"key": "x" * 101},
        {"key": "support\n"},
        {"key": 7},
        {"name": " "},
        {"name": None},
        {"permissions": "auth.view_group"},
        {"permissions": ("view_group",)},
        {"permissions": ("shop.orders.view",)},
    ],
    ids=str,
)
def test_e050_a_role_is_malformed(wrong):
    given = {"key": "support", "name": "Support", "permissions": ()} | wrong
    roles.register(roles.Role(**given))

    found = [message.id for message in check_roles()]
    roles.unregister(given["key"])

    assert found == ["starterkit_users.E050"]


def test_w050_a_permission_is_of_no_model(declare):
    declare("support", "auth.view_group", "auth.view_groups", "shop.fly")

    first, second = check_roles()

    assert (first.id, second.id) == ("starterkit_users.W050",) * 2
    assert "auth.view_groups" in first.msg
    assert "Did you mean auth.view_group?" in first.hint
    assert "shop.fly" in second.msg


@pytest.mark.django_db
@pytest.mark.skipif(not has_roles(), reason="users here are in no groups")
def test_w051_roles_are_not_saved_as_they_are_declared(declare, make_role):
    make_role("other")
    make_role("drifting", is_system=False)
    declare("drifting", "auth.view_group", is_system=False)
    asked = {"databases": [accounts_database()]}

    assert check_synced_roles(**asked) == []
    declare("support")
    [message] = check_synced_roles(**asked)

    assert message.id == "starterkit_users.W051"
    assert message.msg.endswith(": support.")
    assert check_synced_roles() == []
