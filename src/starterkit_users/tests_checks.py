import pytest
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import get_user_model

from starterkit_users.checks import check_guardian, check_ranks
from starterkit_users.models import AbstractUser
from starterkit_users.ranked_admin import RankedUserAdmin

OURS = issubclass(get_user_model(), AbstractUser)


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
