"""Erasures by a command and by another app, and attempts that fail."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.ports import personal_data
from starterkit_core.services.tasks import backend_named
from starterkit_users.errors import LastSuperuser, UserNotFound
from starterkit_users.models import ErasedAccount, Erasure, ErasureResult
from starterkit_users.use_cases.erase_account import DELAYS, erase_account
from starterkit_users.use_cases.start_erasure import start_erasure

pytestmark = pytest.mark.django_db


class Fragile:
    """A provider whose service is down until it is mended."""

    name = "fragile"
    models = ()
    mended = False

    def export(self, user):
        return {}

    def erase(self, user):
        if not self.mended:
            raise ConnectionError(f"about {user.get_username()}")


@pytest.fixture
def fragile():
    provider = Fragile()
    personal_data.register(provider)
    yield provider
    personal_data.unregister(provider.name)


def erase(*args, **options):
    said = io.StringIO()
    call_command("users_erase", *args, stdout=said, **options)
    return said.getvalue()


def saved(user):
    return rows_of(get_user_model()).get(pk=user.pk)


@pytest.mark.parametrize(
    "name_of", [lambda it: str(it.pk), lambda it: it.get_username()]
)
def test_the_command_erases_by_id_or_name(make_user, name_of):
    user, other = make_user(first_name="Ada"), make_user(first_name="Bob")

    said = erase(name_of(user))

    assert f"{user.pk}: closed" in said
    assert said.endswith(": done\n")
    assert saved(user).first_name == ""
    assert saved(other).first_name == "Bob"


@pytest.mark.usefixtures("with_addresses")
def test_the_command_erases_by_the_address(make_user):
    user = make_user(email="Ada.Lovelace@example.com", first_name="Ada")

    erase("ada.lovelace@EXAMPLE.com")

    assert saved(user).first_name == ""


@pytest.mark.parametrize("name", ["ghost@example.com", "", "\0", "0"])
def test_the_command_says_that_there_is_no_such_user(user, name):
    with pytest.raises(CommandError, match="No user has"):
        erase(name)


def test_the_command_refuses_the_last_superuser(make_user):
    chief = make_user(is_superuser=True)

    with pytest.raises(CommandError, match="last superuser"):
        erase(str(chief.pk))

    assert saved(chief).is_active


def test_a_failure_can_be_retried(make_user, fragile):
    user = make_user(first_name="Ada")
    with pytest.raises(CommandError, match="1 not complete"):
        erase(str(user.pk))
    assert saved(user).first_name == ""
    fragile.mended = True

    said = erase(retry=True)

    assert said.endswith(": done\n")
    assert erase(retry=True) == ""
    assert Erasure.objects.get().finished_at
    assert ErasureResult.objects.get(provider="fragile").attempts == 2


def test_a_failure_saves_no_personal_data(make_user, fragile):
    user = make_user()

    with pytest.raises(CommandError):
        erase(str(user.pk))

    assert user.get_username() not in str([*ErasureResult.objects.values()])
    assert ErasureResult.objects.get(provider="fragile").error == (
        "builtins.ConnectionError"
    )


def test_the_task_tries_again_later(
    user, fragile, busy_workers, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        start_erasure(user, by=None, reason="self_service")
    queue = backend_named("default").results
    [first] = queue

    first.task.func(*first.args)

    _, again = queue
    assert again.args == [str(Erasure.objects.get().pk), 1]
    assert again.task.run_after - timezone.now() > timedelta(seconds=50)


def test_after_the_last_attempt_the_log_says_what_to_do(user, fragile, caplog):
    start_erasure(user, by=None, reason="self_service")
    erasure = Erasure.objects.get()

    erase_account.func(str(erasure.pk), len(DELAYS))

    assert "users_erase --retry" in caplog.messages[-1]


def test_a_second_start_goes_on_with_the_first(user):
    first = start_erasure(user, by=None, reason="self_service")

    again = start_erasure(user, by=user, reason="other")

    assert again.pk == first.pk
    assert Erasure.objects.get().reason == "self_service"


def test_refuses_an_account_that_is_gone(user):
    gone = type(user)(pk=user.pk)
    user.delete()

    with pytest.raises(UserNotFound):
        start_erasure(gone, by=None, reason="self_service")


def test_refuses_the_last_superuser(make_user):
    chief = make_user(is_superuser=True)

    with pytest.raises(LastSuperuser):
        start_erasure(chief, by=chief, reason="self_service")

    assert not Erasure.objects.exists()


def test_takes_all_rights_away(make_user, django_capture_on_commit_callbacks):
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.create(name="editors"))

    with django_capture_on_commit_callbacks(execute=True):
        start_erasure(user, by=None, reason="self_service")

    assert not saved(user).is_staff
    assert not saved(user).groups.exists()
    assert not saved(user).has_usable_password()


def test_is_in_the_log_once_under_a_pseudonym(user, caplog):
    caplog.set_level("INFO", "starterkit.erasures")
    personal_data.erase(user)
    personal_data.erase(user)

    line = ErasedAccount.objects.get()
    assert line.pseudonym != str(user.pk)
    assert len(line.pseudonym) == 64


def test_an_account_that_is_deleted_during_it_is_done(user, busy_workers):
    start_erasure(user, by=None, reason="self_service")
    saved(user).delete()

    assert erase(retry=True).endswith(": done\n")
