"""Caches and databases that could hold every thread are found before a deployment."""

import contextlib

import pytest
from django.core.cache.backends.redis import RedisCache
from django.core.checks import run_checks
from django.db import connections

from starterkit_core import presets
from starterkit_core.checks.timeouts import (
    check_cache_timeouts,
    check_database_timeouts,
)

CACHES = "django.core.cache.backends"
POSTGRESQL = {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}


class OwnRedis(RedisCache):
    """A cache of a project."""


@pytest.fixture
def caches(settings):
    """``caches(backend, **options)`` are those of the project; returns the names."""

    def use(backend, location="redis://cache/0", **options):
        entry = {"BACKEND": backend, "LOCATION": location, "OPTIONS": options}
        settings.CACHES = {"default": entry}
        return [message.msg.rpartition(": ")[2] for message in check_cache_timeouts()]

    return use


@pytest.mark.parametrize(
    ("backend", "names"),
    [
        (f"{CACHES}.redis.RedisCache", "socket_connect_timeout, socket_timeout"),
        (f"{__name__}.OwnRedis", "socket_connect_timeout, socket_timeout"),
        (f"{CACHES}.memcached.PyMemcacheCache", "connect_timeout, timeout"),
        (f"{CACHES}.memcached.PyLibMCCache", "connect_timeout, _poll_timeout"),
    ],
)
def test_w036_a_cache_without_timeouts(caches, backend, names):
    assert caches(backend) == [f"{names}."]


@pytest.mark.parametrize("seconds", [None, 0, 5, "soon"])
def test_w036_a_wait_that_is_no_bound_or_too_long(caches, seconds):
    timeouts = {"socket_connect_timeout": 0.5, "socket_timeout": seconds}

    assert caches(f"{CACHES}.redis.RedisCache", **timeouts) == ["socket_timeout."]


def test_w036_a_bound_in_the_url_is_one(caches):
    url = "redis://cache/0?socket_timeout=0.5&socket_connect_timeout=1"

    assert caches(f"{CACHES}.redis.RedisCache", url) == []


def test_w036_names_each_cache(settings):
    redis = {"BACKEND": f"{CACHES}.redis.RedisCache", "LOCATION": "redis://cache"}
    settings.CACHES = {
        "default": presets.cache("redis://cache"),
        "pages": redis,
    }

    [found] = check_cache_timeouts()

    assert found.msg.startswith("CACHES['pages']")
    assert "presets.cache()" in found.hint


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        (f"{CACHES}.locmem.LocMemCache", {}),
        ("no.such.Cache", {}),
        (f"{CACHES}.memcached.PyMemcacheCache", {"connect_timeout": 1, "timeout": 0.5}),
        (
            f"{CACHES}.memcached.PyLibMCCache",
            {"behaviors": {"connect_timeout": 500, "_poll_timeout": 500}},
        ),
        (
            f"{CACHES}.redis.RedisCache",
            {
                "SOCKET_TIMEOUT": 1,
                "CONNECTION_POOL_KWARGS": {"SOCKET_CONNECT_TIMEOUT": 1},
            },
        ),
    ],
)
def test_w036_is_content(caches, backend, options):
    assert caches(backend, **options) == []


def test_only_a_deployment_is_warned(settings, database):
    settings.CACHES = {"default": {"BACKEND": f"{CACHES}.redis.RedisCache"}}
    database(POSTGRESQL)

    at_start, before_deployment = (
        {message.id for message in run_checks(tags=["starterkit"], **kinds)}
        for kinds in ({}, {"include_deployment_checks": True})
    )

    ours = {"starterkit_core.W036", "starterkit_core.W037"}
    assert not ours & at_start
    assert ours <= before_deployment


@pytest.fixture
def database(monkeypatch):
    """``database(entry)`` is one more; returns what is said to be missing there."""

    def use(entry):
        pytest.importorskip(DRIVERS[entry["ENGINE"].rpartition(".")[2]])
        forget_shop()
        monkeypatch.setitem(connections.settings, "shop", complete(entry))
        said = [
            it.msg for it in check_database_timeouts() if "DATABASES['shop']" in it.msg
        ]
        return [text.rpartition(": ")[2] for text in said]

    yield use
    forget_shop()


def forget_shop():
    """Close the connection of this thread, which has the entry of before."""
    with contextlib.suppress(AttributeError):
        del connections["shop"]


DRIVERS = {"postgresql": "psycopg", "mysql": "MySQLdb", "sqlite3": "sqlite3"}


def complete(entry):
    """Return the entry with Django's defaults."""
    return connections.configure_settings({"default": {}, "shop": dict(entry)})["shop"]


def test_w037_a_database_without_timeouts(database):
    [missing] = database(POSTGRESQL)

    assert (
        missing == "connect_timeout, ANSWER_TIMEOUT, statement_timeout, lock_timeout."
    )


@pytest.mark.parametrize("value", ["0", "0s", ""])
def test_w037_zero_is_no_timeout(database, value):
    entry = presets.database(POSTGRESQL)
    entry["OPTIONS"]["options"] = f"-c lock_timeout=2s -c statement_timeout={value}"

    assert database(entry) == ["statement_timeout."]


def test_w037_is_content_with_the_preset_and_with_a_file(database):
    assert database(presets.database(POSTGRESQL)) == []
    assert database({"ENGINE": "django.db.backends.sqlite3", "NAME": "a.sqlite3"}) == []


def test_w037_mysql(database):
    entry = {"ENGINE": "django.db.backends.mysql", "NAME": "shop"}

    assert database(presets.database(entry)) == []
    [missing] = database(entry)
    assert missing.startswith("connect_timeout, read_timeout, write_timeout, innodb")


def test_the_preset_keeps_what_the_project_has(database):
    entry = {
        **POSTGRESQL,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"connect_timeout": 9, "options": "-c search_path=shop"},
    }

    made = presets.database(entry)

    assert made["CONN_MAX_AGE"] == 0
    assert made["CONN_HEALTH_CHECKS"] is True
    assert made["OPTIONS"]["connect_timeout"] == 9
    assert made["OPTIONS"]["options"].endswith("lock_timeout=2s -c search_path=shop")


def test_the_preset_leaves_connections_to_a_pool():
    made = presets.database({**POSTGRESQL, "OPTIONS": {"pool": True}})

    assert made["CONN_MAX_AGE"] == 0
    assert made["OPTIONS"]["pool"] is True


@pytest.mark.parametrize("pool", [True, {"max_size": 4}])
def test_the_preset_has_a_pool_whose_waits_end(database, pool):
    made = presets.database(POSTGRESQL, pool=pool)

    assert made["CONN_MAX_AGE"] == 0
    assert made["OPTIONS"]["pool"]["timeout"] == presets.CONNECT_SECONDS
    assert made["OPTIONS"]["pool"]["max_size"] == (16 if pool is True else 4)
    assert database(made) == []


def test_the_preset_has_a_pool_for_postgresql_only():
    entry = {"ENGINE": "django.db.backends.mysql", "NAME": "shop"}

    made = presets.database(entry, pool=True)

    assert made == presets.database(entry)


def test_w037_a_pool_that_waits_for_half_a_minute(database):
    entry = presets.database({**POSTGRESQL, "OPTIONS": {"pool": True}})

    assert database(entry) == ["timeout of the pool."]


def test_the_preset_has_no_word_on_other_databases():
    entry = {"ENGINE": "django.db.backends.oracle", "NAME": "shop"}

    assert presets.database(entry) == entry


def test_the_preset_without_an_end_for_statements():
    made = presets.database(POSTGRESQL, statement_seconds=0)

    assert "ANSWER_TIMEOUT" not in made
    assert "statement_timeout=0s -c lock_timeout=2s" in made["OPTIONS"]["options"]
