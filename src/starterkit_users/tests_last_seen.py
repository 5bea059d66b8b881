"""When users were last here, over HTTP."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.http.client import user_of
from starterkit_users.services import last_seen

ME = reverse("starterkit_users:me")
USERS = reverse("starterkit_users:users")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not last_seen.has_column(), reason="the user model has no last_seen_at"
    ),
]


@pytest.fixture
def someone(make_user):
    return make_user(last_seen_at=None)


@pytest.fixture
def tune(tuner):
    return tuner("STARTERKIT_USERS")


def stored(user):
    return rows_of(get_user_model()).get(pk=user.pk)


def seen(user):
    return stored(user).last_seen_at


def updates_of(queries):
    return [it["sql"] for it in queries if it["sql"].startswith("UPDATE")]


def test_a_request_keeps_the_moment(client_of, someone):
    before = timezone.now()

    client_of(someone).get(ME)

    assert before <= seen(someone) <= timezone.now()


def test_a_request_of_no_user_keeps_nothing(api, someone):
    with CaptureQueriesContext(connection) as queries:
        api.get(ME)

    assert updates_of(queries) == []


def test_more_requests_in_the_window_write_no_more(client_of, someone):
    client_of(stored(someone)).get(ME)
    first = seen(someone)

    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            client_of(stored(someone)).get(ME)

    assert updates_of(queries) == []
    assert seen(someone) == first


def test_a_user_who_was_read_before_the_window_began_writes_no_more(client_of, someone):
    """As requests at the same time do, or those that read from a replica."""
    stale = [stored(someone) for _ in range(3)]

    with CaptureQueriesContext(connection) as queries:
        for user in stale:
            client_of(user).get(ME)

    assert len(updates_of(queries)) == 1


def test_after_the_window_it_is_written_again(client_of, make_user):
    long_ago = timezone.now() - timedelta(minutes=16)
    user = make_user(last_seen_at=long_ago)

    client_of(user).get(ME)

    assert seen(user) > long_ago


def test_the_window_is_a_setting(client_of, make_user, tune):
    then = timezone.now() - timedelta(minutes=16)
    user = make_user(last_seen_at=then)

    tune(LAST_SEEN_WINDOW=timedelta(hours=1))
    client_of(stored(user)).get(ME)
    assert seen(user) == then

    tune(LAST_SEEN_WINDOW=timedelta(minutes=1))
    client_of(stored(user)).get(ME)
    assert seen(user) > then


def test_zero_switches_it_off(client_of, someone, tune):
    tune(LAST_SEEN_WINDOW=timedelta())

    client_of(someone).get(ME)

    assert seen(someone) is None


def test_a_refused_request_of_a_user_counts_too(client_of, someone):
    client_of(someone).get(USERS)

    assert seen(someone) is not None


def test_the_session_of_django_counts_too(client, someone):
    client.force_login(someone)

    client.get("/admin/")

    assert seen(someone) is not None


class Broken(LocMemCache):
    """A cache that is down."""

    def add(self, *args, **kwargs):
        raise ConnectionError("down")


def test_an_outage_of_the_cache_breaks_no_request(client_of, someone, settings):
    backend = f"{__name__}.Broken"
    settings.CACHES = {"default": {"BACKEND": backend}}
    stale = stored(someone)

    answers = [client_of(user).get(ME).status_code for user in (someone, stale)]

    assert answers == [200, 200]
    assert seen(someone) is not None


def test_a_failure_of_the_database_breaks_no_request(
    client_of, someone, monkeypatch, caplog
):
    def fail(key, now):
        raise OSError("down")

    monkeypatch.setattr(last_seen, "_save", fail)

    response = client_of(someone).get(ME)

    assert response.status_code == 200
    assert "last_seen could not be kept" in caplog.text


def test_a_request_in_the_name_of_a_user_does_not_count(someone, rf):
    request = rf.get("/")
    request.user = someone

    request.impersonator = object()

    assert user_of(request) is None


def test_no_other_column_is_touched(client_of, someone):
    before = rows_of(get_user_model()).values().get(pk=someone.pk)

    client_of(someone).get(ME)

    after = rows_of(get_user_model()).values().get(pk=someone.pk)
    assert {it for it in before if before[it] != after[it]} == {"last_seen_at"}


@pytest.mark.django_db(transaction=True)
def test_the_transaction_of_the_request_is_over(client, someone, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", value=True)
    client.force_login(someone)
    inside = []

    def note(execute, sql, params, many, context):
        if "last_seen_at" in sql and sql.startswith("UPDATE"):
            inside.append(connection.in_atomic_block)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get("/admin/")

    assert inside == [False]


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_one_writes(at_once, client_of, someone):
    users = [stored(someone) for _ in range(4)]

    def visit(number):
        with CaptureQueriesContext(connection) as queries:
            status = client_of(users[number]).get(ME).status_code
        return status, len(updates_of(queries))

    results = at_once(4, visit)

    assert {status for status, _ in results} == {200}
    assert sum(written for _, written in results) == 1


def test_administrators_see_it_and_the_user_does_not(client_of, administrator, someone):
    client_of(someone).get(ME)
    url = reverse("starterkit_users:users-user-id", args=[someone.pk])

    assert client_of(administrator).get(url).json()["last_seen_at"].endswith("Z")
    assert "last_seen_at" not in client_of(someone).get(ME).json()
