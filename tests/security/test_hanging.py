"""A cache or a database that hangs holds a thread for a bounded time."""

import logging
import time
from threading import Event, Thread

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import close_old_connections, connection, transaction

from starterkit_core import presets
from starterkit_core.services import limits
from starterkit_core.testing.plugin import PASSWORD
from tests.hanging import freezing_proxy, silent_server
from tests.security.attacks import AUTH, PROBLEM

SLACK = 0.7
"""Seconds of our own that a request may take on a busy machine."""

LOCAL = "django.core.cache.backends.locmem.LocMemCache"
POSTGRESQL = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs PostgreSQL"
)


def sent(client, method, path, *body):
    """Return the answer to a request, and the seconds it took."""
    client.raise_request_exception = False
    start = time.monotonic()
    answer = getattr(client, method)(AUTH + path, *body)
    return answer, time.monotonic() - start


def sent_later(*request):
    """Do the same with a connection that Django has kept since another request."""
    close_old_connections()
    return sent(*request)


def assert_unavailable(answer, *, wait):
    assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
    assert answer["Retry-After"] == str(wait)
    assert answer.json()["code"] == "service_unavailable"


@pytest.fixture
def hanging_cache(settings):
    pytest.importorskip("redis")
    with silent_server() as server:
        url = f"redis://127.0.0.1:{server.port}"
        settings.CACHES = {"default": presets.cache(url)}
        cache = caches["default"]
        yield server
        for pool in cache._cache._pools.values():
            pool.disconnect()


@pytest.mark.django_db
def test_a_sign_in_is_soon_refused(make_member, api, hanging_cache):
    body = {"email": make_member().email, "password": PASSWORD}

    answer, seconds = sent(api, "post", "session/", body)

    assert_unavailable(answer, wait=30)
    assert seconds < 1 + SLACK
    assert hanging_cache.met == 1


@pytest.mark.django_db
def test_while_it_hangs_one_request_at_a_time_waits(make_member, api, hanging_cache):
    body = {"email": make_member().email, "password": PASSWORD}
    sent(api, "post", "session/", body)

    later = [sent(api, "post", "session/", body) for _ in range(5)]

    for answer, seconds in later:
        assert_unavailable(answer, wait=30)
        assert seconds < SLACK / 2
    assert hanging_cache.met == 1


@pytest.mark.django_db
def test_it_is_asked_again_after_a_pause(make_member, api, hanging_cache, settings):
    body = {"email": make_member().email, "password": PASSWORD}
    sent(api, "post", "session/", body)
    settings.CACHES = {"default": {"BACKEND": LOCAL}}  # it is well again

    at_once, _ = sent(api, "post", "session/", body)
    time.sleep(limits.hanging.seconds)
    later = [sent(api, "post", "session/", body)[0] for _ in range(2)]

    assert_unavailable(at_once, wait=30)
    assert [answer.status_code for answer in later] == [201, 201]


@pytest.mark.django_db
def test_what_needs_no_cache_never_asks_it(make_member, open_for, hanging_cache):
    caches["default"]._cache  # noqa: B018  # as in a process that has it
    opened = open_for(make_member())
    hanging_cache.met = 0

    answer, _ = sent(opened.caller, "get", "session/")

    assert answer.status_code == 200
    assert hanging_cache.met == 0


@pytest.fixture
def database(transactional_db):
    """``database(changes)`` connects again, with these changes to its entry."""
    entry = connection.settings_dict
    before = dict(entry)

    def connect(changes):
        connection.close()
        entry.update(changes)

    yield connect
    connection.close()
    entry.clear()
    entry.update(before)


def preset(seconds, **options):
    """Return what the preset adds to the entry of this database."""
    entry = {"ENGINE": connection.settings_dict["ENGINE"]}
    return presets.database(entry, statement_seconds=seconds, **options)


@pytest.fixture(params=[False, True], ids=["", "pool"])
def frozen(request, database):
    """A proxy to the database; the connection has the timeouts of the preset."""
    if request.param:
        pytest.importorskip("psycopg_pool")
    entry = connection.settings_dict
    with freezing_proxy(entry["HOST"], int(entry["PORT"] or 5432)) as proxy:
        place = {"HOST": "127.0.0.1", "PORT": str(proxy.port)}
        database({**preset(1, pool=request.param), **place})
        yield proxy
        connection.close()
        if request.param:
            connection.close_pool()


@POSTGRESQL
def test_a_kept_connection_to_a_frozen_server_is_given_up(
    frozen, make_member, open_for
):
    caller = open_for(make_member()).caller
    sent(caller, "get", "session/")
    frozen.freeze()

    answer, seconds = sent_later(caller, "get", "session/")

    assert_unavailable(answer, wait=5)
    assert seconds < 2 + presets.CONNECT_SECONDS + SLACK


@POSTGRESQL
def test_no_new_connection_to_a_frozen_server_is_awaited(frozen, make_member, open_for):
    caller = open_for(make_member()).caller
    connection.close()
    frozen.freeze()

    answer, seconds = sent_later(caller, "get", "session/")

    assert_unavailable(answer, wait=5)
    assert seconds < presets.CONNECT_SECONDS + SLACK


@POSTGRESQL
def test_it_goes_on_when_the_server_does(frozen, make_member, open_for):
    caller = open_for(make_member()).caller
    frozen.freeze()
    sent_later(caller, "get", "session/")
    frozen.thaw()

    answer, _ = sent_later(caller, "get", "session/")

    assert answer.status_code == 200


@POSTGRESQL
def test_a_server_that_freezes_before_the_commit(frozen, make_member, api):
    body = {"email": make_member().email, "password": PASSWORD}

    def freeze_then(execute, sql, *rest):
        if sql.startswith("INSERT"):
            frozen.freeze()
        return execute(sql, *rest)

    with connection.execute_wrapper(freeze_then):
        answer, seconds = sent_later(api, "post", "session/", body)

    assert_unavailable(answer, wait=5)
    assert seconds < 2 + presets.CONNECT_SECONDS + SLACK


@POSTGRESQL
def test_a_statement_that_takes_too_long(database, make_member, open_for):
    caller = open_for(make_member()).caller
    database(preset(1))

    def slow(execute, sql, params, *rest):
        return execute("SELECT pg_sleep(20)", None, *rest)

    with connection.execute_wrapper(slow):
        answer, seconds = sent_later(caller, "get", "session/")

    assert_unavailable(answer, wait=5)
    assert seconds < 1 + SLACK


@POSTGRESQL
def test_a_row_that_stays_locked(database, make_member, api):
    member = make_member()
    database(preset(5))
    body = {"email": member.email, "password": PASSWORD}

    with locked(member):
        answer, seconds = sent_later(api, "post", "session/", body)
    again, _ = sent_later(api, "post", "session/", body)

    assert_unavailable(answer, wait=5)
    assert seconds < presets.LOCK_SECONDS + SLACK
    assert again.status_code == 201


@POSTGRESQL
def test_zero_lets_a_statement_take_its_time(database):
    database(preset(0))

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")

        assert cursor.fetchone() == ("0",)
    assert "wait" not in vars(connection.connection)


class locked:  # noqa: N801  # reads as a statement
    """Holds the lock of an account in a transaction of another thread."""

    def __init__(self, user):
        self.user, self.holds, self.over = user, Event(), Event()
        self.thread = Thread(target=self.hold)

    def hold(self):
        with transaction.atomic():
            get_user_model().objects.select_for_update().get(pk=self.user.pk)
            self.holds.set()
            self.over.wait()
        connection.close()

    def __enter__(self):
        self.thread.start()
        self.holds.wait()

    def __exit__(self, *raised):
        self.over.set()
        self.thread.join()


@pytest.fixture
def outage(settings):
    settings.CACHES = {"default": {"BACKEND": "no.such.Cache"}}


@pytest.mark.django_db
def test_an_outage_logs_one_line_for_each_request_and_one_traceback(
    make_member, api, caplog, outage
):
    body = {"email": make_member().email, "password": PASSWORD}

    answers = [sent(api, "post", "session/", body)[0] for _ in range(5)]

    assert {answer.status_code for answer in answers} == {503}
    ours = [it for it in caplog.records if it.name == "starterkit.errors"]
    assert [it.getMessage().count("\n") for it in ours] == [0] * 5
    assert "POST /api/auth/v1/session/ failed: " in ours[0].getMessage()
    assert len([it for it in caplog.records if it.exc_info]) == 1
    assert all(it.levelno >= logging.ERROR for it in ours)
