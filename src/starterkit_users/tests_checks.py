import pytest
from django.contrib.auth import get_user_model

from starterkit_users.checks import check_guardian
from starterkit_users.models import AbstractUser

OURS = issubclass(get_user_model(), AbstractUser)


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
