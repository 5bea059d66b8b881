"""``/readyz`` beside a database and a cache that really fail, hang and come back."""

import os
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import include, path

from starterkit_core import presets
from starterkit_core.health import runs
from tests.hanging import freezing_proxy, silent_server

TOKEN = "a-token-of-monitors-only"
REDIS = urlsplit(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
POSTGRESQL = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs PostgreSQL"
)

pytestmark = pytest.mark.django_db


class Urls:
    urlpatterns = [path("", include("starterkit_core.health.urls"))]


@pytest.fixture(autouse=True)
def mounted(settings, tuner):
    settings.ROOT_URLCONF = Urls
    tuner("STARTERKIT_CORE")(HEALTH_TOKEN=TOKEN)
    yield
    for thread in threads():  # each ends when its server is closed, by a fixture
        thread.join(20)


def threads():
    name = "starterkit-health"
    return [each for each in threading.enumerate() if each.name.startswith(name)]


def probed():
    """Return the status of a probe, and the seconds it took."""
    start = time.monotonic()
    answer = Client().get("/readyz")
    return answer.status_code, time.monotonic() - start


def named():
    """Return the names of what fails, as a monitor sees them, and the seconds."""
    start = time.monotonic()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = Client().get("/readyz", {"verbose": ""}, headers=headers)
    return answer.json()["failing"], time.monotonic() - start


def pause():
    """Wait until what was found is not fresh any more."""
    time.sleep(runs.FRESH + 0.1)


@contextmanager
def database_at(port, entry):
    """Let each new connection to the database be one to that port of PostgreSQL."""
    pytest.importorskip("psycopg")
    known = connection.settings_dict
    before = dict(known)
    engine = "django.db.backends.postgresql"
    place = {"ENGINE": engine, "HOST": "127.0.0.1", "PORT": str(port)}
    known.update({**entry, **place})
    try:
        yield
    finally:
        known.clear()
        known.update(before)


def redis_at(port):
    return f"redis://127.0.0.1:{port}{REDIS.path}"


@pytest.fixture
def way_to_redis():
    """A way to the Redis of this machine, which can freeze."""
    redis = pytest.importorskip("redis")
    host, port = str(REDIS.hostname), REDIS.port or 6379
    try:
        redis.Redis(host, port, socket_connect_timeout=1).ping()
    except redis.ConnectionError:
        pytest.skip("no Redis answers")
    with freezing_proxy(host, port) as proxy:
        yield proxy


@pytest.mark.slow
@pytest.mark.parametrize("with_timeouts", [True, False])
def test_names_what_hangs_within_ten_seconds(settings, with_timeouts):
    pytest.importorskip("redis")
    with silent_server() as database, silent_server() as cache:
        bare = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
        entry = presets.cache("") if with_timeouts else bare
        settings.CACHES = {"default": {**entry, "LOCATION": redis_at(cache.port)}}
        kept = {"ENGINE": "django.db.backends.postgresql"}
        with database_at(
            database.port, presets.database(kept) if with_timeouts else kept
        ):
            failing, seconds = named()

    assert {"database", "cache"} <= {*failing}
    assert seconds < 10


@pytest.mark.slow
def test_while_both_hang_a_probe_each_second_holds_one_thread_per_check():
    with silent_server() as database, database_at(database.port, {"OPTIONS": {}}):
        said = []
        for _ in range(8):
            said.append(probed())
            time.sleep(1)

        assert {status for status, _ in said} == {503}
        assert [seconds < 0.5 for _, seconds in said] == [False, *[True] * 7]
        assert len(threads()) == 2  # the database, and its migrations
        assert database.met == 2


def test_the_port_of_a_database_that_is_down_is_closed(settings):
    with database_at(9, {"OPTIONS": {}}):
        status, seconds = probed()
        failing, _ = named()

    assert status == 503
    assert "database" in failing
    assert seconds < 2


@POSTGRESQL
@pytest.mark.slow
def test_a_database_that_freezes_and_goes_on():
    entry = {**connection.settings_dict}
    with freezing_proxy(entry["HOST"], int(entry["PORT"] or 5432)) as proxy:
        timeouts = presets.database({"ENGINE": entry["ENGINE"]}, statement_seconds=1)
        with database_at(proxy.port, {**entry, "OPTIONS": timeouts["OPTIONS"]}):
            before = probed()
            pause()
            proxy.freeze()
            frozen, seconds = named()
            proxy.thaw()
            pause()
            after = probed()

    assert frozen == ["database"]  # the migrations were there once
    assert seconds < 10
    assert [before[0], after[0]] == [200, 200]


@POSTGRESQL
def test_leaves_no_connection_to_the_database_open():
    entry = {**connection.settings_dict}
    options = {"application_name": "starterkit-health"}
    with database_at(entry["PORT"] or 5432, {**entry, "OPTIONS": options}):
        for _ in range(3):
            assert probed()[0] == 200
            pause()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s",
            [options["application_name"]],
        )
        assert cursor.fetchone() == (0,)


def test_a_cache_that_freezes_and_goes_on(settings, way_to_redis):
    settings.CACHES = {"default": presets.cache(redis_at(way_to_redis.port))}
    before, _ = named()
    pause()
    way_to_redis.freeze()
    frozen, seconds = named()
    status, waited = probed()
    way_to_redis.thaw()
    pause()
    after, _ = named()

    assert (before, frozen, after) == ([], ["cache"], [])
    assert seconds < 3
    assert (status, waited < 0.5) == (200, True)


def test_keeps_one_connection_to_the_cache(settings, way_to_redis, monkeypatch):
    redis = pytest.importorskip("redis")
    monkeypatch.setattr(runs, "FRESH", 0)
    url = f"{redis_at(way_to_redis.port)}?client_name=starterkit-health"
    settings.CACHES = {"default": presets.cache(url)}

    for _ in range(5):
        assert named()[0] == []

    asking = redis.Redis(str(REDIS.hostname), REDIS.port or 6379)
    names = [each["name"] for each in asking.client_list()]
    asking.close()
    assert names.count("starterkit-health") == 1
