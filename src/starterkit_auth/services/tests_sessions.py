from datetime import timedelta

import pytest
from django.apps.registry import Apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.db import connection, models
from django.db.migrations.state import AppConfigStub
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_auth.services import (
    password_check,
    sessions,
)
from starterkit_core import signals

pytestmark = pytest.mark.django_db

PASSWORD = "of the member, and of nobody else"


@pytest.fixture
def member(make_user):
    return make_user(password=PASSWORD)


def live(user):
    return set(session_model().objects.of(user).live_at(timezone.now()))


def test_ends_many_sessions_by_one_update(
    open_for, member, received, django_capture_on_commit_callbacks
):
    ended = received(signals.session_ended)
    rows = {open_for(member).session for _ in range(5)}

    with (
        django_capture_on_commit_callbacks(execute=True),
        CaptureQueriesContext(connection) as queries,
    ):
        number = sessions.end_sessions(member, "ended_by_user")

    words = [query["sql"].split()[0] for query in queries]
    assert (number, words) == (5, ["UPDATE", "SELECT", "UPDATE"])
    assert {event["session"] for event in ended} == rows
    assert {event["session"].revoke_reason for event in ended} == {"ended_by_user"}


def test_announces_no_end_of_a_session_that_ended_meanwhile(
    open_for, member, received, django_capture_on_commit_callbacks
):
    ended = received(signals.session_ended)
    rows = [open_for(member).session for _ in range(3)]
    session_model().objects.filter(pk=rows[1].pk).update(revoked_at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        number = sessions.end_each(rows, "ended_by_user")

    assert number == 2
    assert [event["session"] for event in ended] == [rows[0], rows[2]]


def test_ends_all_sessions_of_one_user_but_one(open_for, member, make_user, received):
    ended = received(signals.session_ended)
    here, there = open_for(member).session, open_for(member).session
    stranger = open_for(make_user()).session

    number = sessions.end_sessions(member, "password_changed", but=here.pk)

    assert number == 1
    assert live(member) == {here}
    assert live(stranger.user) == {stranger}
    there.refresh_from_db()
    assert there.revoke_reason == "password_changed"
    assert not ended  # the transaction of the test never commits


def test_ends_every_session_of_a_user_once(open_for, member):
    open_for(member)
    open_for(member, "cookie")

    assert sessions.end_sessions(member, "suspended") == 2
    assert sessions.end_sessions(member, "suspended") == 0
    assert live(member) == set()


def test_a_session_that_is_over_takes_no_place(open_for, member, settings):
    settings.STARTERKIT_AUTH = {"MAX_SESSIONS": 1}
    open_for(member, expires_at=timezone.now())
    kept = open_for(member).session

    sessions.end_oldest(member)

    assert live(member) == {kept}


def test_only_one_renewal_of_a_generation_wins(opened):
    same = session_model().objects.get(pk=opened.session.pk)

    assert sessions.rotate(opened.session, timezone.now())

    assert opened.session.generation == 1
    assert not sessions.rotate(same, timezone.now())
    assert same.generation == 0


def test_a_session_that_ended_is_not_renewed(opened):
    same = session_model().objects.get(pk=opened.session.pk)
    sessions.end(same, "signed_out")

    assert not sessions.rotate(opened.session, timezone.now())


def test_a_late_touch_does_not_lower_the_confirmed_generation(opened):
    now = timezone.now()
    late = session_model().objects.get(pk=opened.session.pk)
    sessions.rotate(opened.session, now)
    sessions.touch(opened.session, 1, now)

    sessions.touch(late, 0, now + timedelta(minutes=6))

    late.refresh_from_db()
    assert late.confirmed_generation == 1


def test_another_password_is_another_version_without_its_hash():
    one, two = make_password(PASSWORD), make_password(PASSWORD)

    assert sessions.password_version(one) == sessions.password_version(one)
    assert sessions.password_version(one) != sessions.password_version(two)
    assert one not in sessions.password_version(one)


def test_knows_the_password_of_an_account(member):
    assert password_check.is_password_of(member, PASSWORD)
    assert not password_check.is_password_of(member, PASSWORD + " ")
    assert not password_check.is_password_of(None, PASSWORD)


@pytest.fixture
def outdated(settings, member):
    """Hash the password of ``member`` with a hasher that was preferred before."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]


def test_rehashing_a_password_carries_over_its_own_sessions_only(
    open_for, member, outdated
):
    good = open_for(member).session
    of_a_former_password = open_for(member, auth_hash="0" * 64).session

    password_check.is_password_of(member, PASSWORD)

    for session in (good, of_a_former_password):
        session.refresh_from_db()
    assert sessions.is_open(good, timezone.now())
    assert not sessions.is_open(of_a_former_password, timezone.now())


def test_rehashing_a_password_does_not_bring_a_former_one_back(member, outdated):
    read_before = type(member).objects.get(pk=member.pk)
    member.set_password("what the owner has just chosen")
    member.save()

    assert not password_check.is_password_of(read_before, PASSWORD)

    member.refresh_from_db()
    assert member.check_password("what the owner has just chosen")


def test_two_requests_that_rehash_a_password_both_succeed(member, outdated):
    first, second = (type(member).objects.get(pk=member.pk) for _ in range(2))

    for user in (first, second):
        assert password_check.is_password_of(user, PASSWORD)

    member.refresh_from_db()
    assert {first.password, second.password} == {member.password}


def test_an_account_that_is_gone_has_no_password(member, outdated):
    type(member).objects.filter(pk=member.pk).delete()

    assert not password_check.is_password_of(member, PASSWORD)


class Visitor(AbstractBaseUser):
    """An account of a host that does not save when a user signed in last."""

    last_login = None
    name = models.CharField(max_length=9, unique=True)
    USERNAME_FIELD = "name"

    class Meta:
        app_label = "throwaway"
        apps = Apps([AppConfigStub("throwaway")])


@pytest.fixture(scope="module", autouse=True)
def visitors(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Visitor)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Visitor)


def test_without_last_login_a_deleted_or_changed_account_opens_no_session():
    visitor = Visitor.objects.create(name="Ada", password="hash")
    assert sessions.save_last_login(visitor)

    Visitor.objects.update(password="other")
    assert not sessions.save_last_login(visitor)

    visitor.refresh_from_db()
    Visitor.objects.all().delete()
    assert not sessions.save_last_login(visitor)
