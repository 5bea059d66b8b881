"""Rate limits: exact under concurrency, and refusing without a cache."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from starterkit_core.errors import RateLimited, ServiceUnavailable
from starterkit_core.services.limits import (
    Limit,
    consume,
    consume_all,
    counts_atomically,
    forget,
    give_back,
    rate,
)

REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
TEN = Limit("tests.ten", 10, timedelta(minutes=1))
THREE = Limit("tests.three", 3, timedelta(hours=1))


@pytest.mark.parametrize(
    ("given", "is_valid"),
    [("10/15m", True), ("3/d", True), ("3", False), ("3/w", False), (3, False)],
)
def test_a_setting_takes_only_a_rate(given, is_valid):
    problem = rate("20/h").problem_with(given)

    assert (problem == "") is is_valid


class BrokenCache(LocMemCache):
    """A cache whose server has gone away."""

    def _fail(self, *args, **kwargs):
        raise ConnectionRefusedError("No cache is listening.")

    add = incr = decr = get_many = delete_many = _fail


class SilentCache(LocMemCache):
    """A cache that returns None instead of raising, as some clients can."""

    def incr(self, *args, **kwargs):
        return None


class ForgetfulCache(LocMemCache):
    """A cache whose counters expire just before they are incremented."""

    losses = 2

    def incr(self, key, delta=1, version=None):
        if self.losses:
            self.losses -= 1
            self.delete(key, version=version)
        return super().incr(key, delta, version)


class EvictingCache(LocMemCache):
    """A cache that evicts a counter during an attempt."""

    def incr(self, key, delta=1, version=None):
        self.clear()
        return 1_000


def use(settings, backend, **options):
    settings.CACHES = {"default": {"BACKEND": backend, **options}}
    return caches["default"]


@pytest.fixture
def memory(settings):
    """Return a local memory cache that is empty."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    cache = use(settings, backend, LOCATION=uuid4().hex)
    yield cache
    cache.clear()


@pytest.fixture
def redis(settings):
    """Return a Redis cache with keys of its own; every thread's connections end."""
    client = pytest.importorskip("redis", reason="the redis package is not installed")
    server = client.Redis.from_url(REDIS, socket_connect_timeout=1)
    try:
        server.ping()
    except client.exceptions.ConnectionError:
        pytest.skip(f"no Redis answers at {REDIS}")
    pools = []

    class Pool(client.ConnectionPool):
        def __init__(self, **options):
            super().__init__(**options)
            pools.append(self)

    backend = "django.core.cache.backends.redis.RedisCache"
    options = {"KEY_PREFIX": f"test-{uuid4().hex}", "OPTIONS": {"pool_class": Pool}}
    yield use(settings, backend, LOCATION=REDIS, **options)
    for key in server.scan_iter(f"{options['KEY_PREFIX']}:*"):
        server.delete(key)
    for pool in (*pools, server.connection_pool):
        pool.disconnect()


@pytest.fixture(params=["memory", "redis"])
def cache(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def clock(monkeypatch):
    """Return a function that moves the time; it starts where a window does."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def move(seconds):
        now[0] += seconds

    return move


def passes(limit, key="ada", **options):
    try:
        consume(limit, key, **options)
    except RateLimited:
        return False
    return True


def passed(limit, attempts, key="ada"):
    return sum(passes(limit, key) for _ in range(attempts))


def test_of_many_attempts_at_once_exactly_the_limit_passes(cache):
    together = Barrier(64)

    def attempt(_):
        together.wait()
        return passes(TEN)

    with ThreadPoolExecutor(64) as threads:
        results = list(threads.map(attempt, range(64)))

    assert results.count(True) == 10


def test_of_many_attempts_at_once_on_two_limits_the_smaller_one_decides(memory):
    together = Barrier(32)

    def attempt(_):
        together.wait()
        try:
            consume_all([(TEN, "192.0.2.1"), (THREE, "ada")])
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(32) as threads:
        results = list(threads.map(attempt, range(32)))

    # Never more; fewer if two that refuse each other overlap.
    assert 1 <= results.count(True) <= 3


def test_counts_each_key_and_each_scope_by_itself(cache):
    other_scope = Limit("tests.other", TEN.times, TEN.per)

    assert passed(TEN, 12, "ada") == 10
    assert passed(TEN, 12, "grace") == 10
    assert passed(other_scope, 12, "ada") == 10


def test_windows_on_one_scope_count_separately(cache):
    short = Limit("tests.shared", 3, timedelta(seconds=60))
    long = Limit("tests.shared", 5, timedelta(hours=1))
    same_length = Limit("tests.shared", 4, timedelta(seconds=60))

    assert [passed(limit, 9) for limit in (short, long, same_length)] == [3, 5, 4]


def test_refuses_until_retry_after_and_then_passes(memory, clock):
    clock(17.5)
    assert passed(TEN, 11) == 10

    with pytest.raises(RateLimited) as refusal:
        consume(TEN, "ada")

    seconds = refusal.value.retry_after
    assert isinstance(seconds, int)
    clock(seconds - 1.1)
    assert not passes(TEN)
    clock(1.1)
    assert passes(TEN)


@pytest.mark.parametrize("already", [0, 1, 4, 9, 10])
@pytest.mark.parametrize("moment", [0.0, 3.0, 29.9, 59.9])
def test_retry_after_is_right_in_every_state_of_two_windows(
    memory, clock, already, moment
):
    assert passed(TEN, already) == already
    clock(60 + moment)
    passed(TEN, 20)

    with pytest.raises(RateLimited) as refusal:
        consume(TEN, "ada")

    clock(refusal.value.retry_after)
    assert passes(TEN)


@pytest.mark.parametrize("step", [0.7, 1.3, 5.0, 9.9, 17.0, 29.5])
@pytest.mark.parametrize("begin", [0.0, 9.9, 31.4, 59.0])
def test_no_minute_has_more_than_ten_wherever_it_begins(memory, clock, begin, step):
    clock(begin)
    moments = []

    for number in range(int(400 / step)):
        moments += [number * step] * passed(TEN, 20 if number % 3 else 1)
        clock(step)

    within = [sum(0 <= later - first < 60 for later in moments) for first in moments]
    assert max(within) == 10


def test_room_comes_back_part_by_part(memory, clock):
    assert passed(TEN, 4) == 4
    clock(30)
    assert passed(TEN, 20) == 6

    clock(45)
    assert passed(TEN, 20) == 4
    clock(30)
    assert passed(TEN, 20) == 6


def test_starts_afresh_after_two_quiet_windows(memory, clock):
    assert passed(TEN, 10) == 10

    clock(120)

    assert passed(TEN, 20) == 10


def test_hammering_does_not_lock_out_for_longer(memory, clock):
    assert passed(TEN, 500) == 10

    clock(60)
    assert passed(TEN, 500) == 0
    clock(15)
    assert passed(TEN, 500) == 10


def test_an_attempt_may_cost_more_than_one(memory):
    assert passes(TEN, cost=7)
    assert not passes(TEN, cost=4)
    assert passes(TEN, cost=3)
    assert not passes(TEN)


def test_an_attempt_that_costs_more_than_the_limit_is_always_refused(memory):
    assert not passes(TEN, cost=11)
    assert passed(TEN, 11) == 10


def test_an_attempt_that_one_limit_refuses_counts_under_none(cache):
    assert passed(THREE, 3) == 3

    for _ in range(20):
        with pytest.raises(RateLimited):
            consume_all([(TEN, "192.0.2.1"), (THREE, "ada")])

    assert passed(TEN, 20, "192.0.2.1") == 10


def test_a_flood_that_a_narrow_limit_stops_uses_up_no_wider_one(cache):
    """Even while it is being refused, it leaves room for others."""
    narrow, together = Limit("tests.narrow", 2, timedelta(hours=1)), Barrier(33)

    def flood(_):
        together.wait()
        with suppress(RateLimited):
            consume_all([(narrow, "203.0.113.1"), (THREE, "ada")])

    def owner():
        together.wait()
        consume_all([(narrow, "192.0.2.1"), (THREE, "ada")])

    with ThreadPoolExecutor(33) as threads:
        flooded = threads.map(flood, range(32))
        threads.submit(owner).result()
        list(flooded)

    assert passed(THREE, 9) == 0


def test_what_is_full_is_refused_by_one_call_of_the_cache(memory, monkeypatch):
    calls = []
    assert passed(TEN, 10) == 10
    monkeypatch.setattr(memory, "incr", lambda *given: calls.append(given))

    assert not passes(TEN)

    assert calls == []


def test_gives_one_attempt_back(cache):
    assert passed(THREE, 9) == 3

    give_back(THREE, "ada")

    assert passed(THREE, 9) == 1


def test_giving_back_with_the_cache_down_is_logged_and_does_not_raise(settings, caplog):
    use(settings, f"{__name__}.BrokenCache")

    give_back(TEN, "ada")

    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_several_limits_answer_with_the_longest_wait(memory, clock):
    assert passed(TEN, 10) == 10
    assert passed(THREE, 3) == 3

    with pytest.raises(RateLimited) as refusal:
        consume_all([(TEN, "ada"), (THREE, "ada")])

    assert refusal.value.retry_after > 3_600


def test_forgets_only_the_one_counter(cache):
    for key in ("ada", "grace"):
        assert passed(THREE, 3, key) == 3
    assert passed(TEN, 10) == 10

    forget(THREE, "ada")

    assert passed(THREE, 9, "ada") == 3
    assert passed(THREE, 9, "grace") == 0
    assert passed(TEN, 9) == 0


def test_forgets_the_window_before_too(memory, clock):
    assert passed(TEN, 10) == 10
    clock(60)
    assert not passes(TEN)

    forget(TEN, "ada")

    assert passed(TEN, 20) == 10


def test_the_cache_shows_no_personal_data(memory):
    consume(TEN, "ada@example.com")

    [key] = memory._cache
    assert "ada" not in key
    assert key.removeprefix(":1:starterkit:limit:").replace(":", "").isalnum()


@pytest.mark.parametrize("key", ["", "\x00\n", "\ud800", "ключ", "x" * 100_000])
def test_any_text_is_a_key(memory, key):
    assert passed(THREE, 9, key) == 3


def test_counters_leave_the_cache_again(memory, clock):
    consume(TEN, "ada")
    [expiry] = memory._expire_info.values()

    assert time.time() + 120 <= expiry <= time.time() + 240


def test_uses_the_cache_that_the_settings_name(settings):
    memory = "django.core.cache.backends.locmem.LocMemCache"
    broken = {"BACKEND": f"{__name__}.BrokenCache"}
    settings.CACHES = {"default": broken, "counters": {"BACKEND": memory}}
    settings.STARTERKIT_CORE = {"CACHE_ALIAS": "counters"}

    assert passed(Limit(f"tests.{uuid4()}", 3, timedelta(hours=1)), 9) == 3


@pytest.mark.parametrize(
    "backend",
    [
        f"{__name__}.BrokenCache",
        f"{__name__}.SilentCache",
        "django.core.cache.backends.dummy.DummyCache",
        "no.such.Cache",
    ],
)
def test_refuses_and_logs_when_the_cache_is_down(settings, caplog, backend):
    settings.CACHES = {"default": {"BACKEND": backend}}

    with pytest.raises(ServiceUnavailable) as refusal:
        consume_all([(TEN, "ada@example.com"), (THREE, "ada@example.com")])

    assert refusal.value.retry_after > 0
    [record] = caplog.records
    assert (record.name, record.levelname) == ("starterkit.limits", "ERROR")
    assert "tests.ten, tests.three" in record.getMessage()
    assert "ada@example.com" not in caplog.text


def test_an_unknown_cache_alias_refuses_too(settings):
    settings.STARTERKIT_CORE = {"CACHE_ALIAS": "nowhere"}

    with pytest.raises(ServiceUnavailable):
        consume(TEN, "ada")


def test_forgetting_with_the_cache_down_is_logged_and_does_not_raise(settings, caplog):
    use(settings, f"{__name__}.BrokenCache")

    forget(TEN, "ada")

    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_counter_that_expires_meanwhile_is_counted_again(settings):
    use(settings, f"{__name__}.ForgetfulCache", LOCATION=uuid4().hex)

    assert passed(THREE, 3) == 3


def test_a_counter_that_is_gone_is_not_decremented(settings, clock):
    use(settings, f"{__name__}.EvictingCache", LOCATION=uuid4().hex)

    assert not passes(THREE)


@pytest.mark.parametrize(
    ("backend", "atomic"),
    [
        ("locmem.LocMemCache", True),
        ("redis.RedisCache", True),
        ("dummy.DummyCache", False),
        ("filebased.FileBasedCache", False),
        ("db.DatabaseCache", False),
    ],
)
def test_knows_which_caches_count_atomically(settings, tmp_path, backend, atomic):
    cache = use(settings, f"django.core.cache.backends.{backend}", LOCATION=tmp_path)

    assert counts_atomically(cache) is atomic


@pytest.mark.parametrize(
    ("rate", "times", "seconds"),
    [
        ("10/15m", 10, 900),
        ("1/1s", 1, 1),
        ("5/2h", 5, 7_200),
        ("100/1d", 100, 86_400),
        ("20/m", 20, 60),
    ],
)
def test_reads_a_rate(rate, times, seconds):
    limit = Limit.parse("sign_in.account", rate)

    assert limit == Limit("sign_in.account", times, timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "rate",
    ["", "10", "10/", "/m", "0/m", "10/0m", "-1/m", "10/15", "10/15x", "10 / 15m",
     "1.5/m", "10/15m ", "٣/m", "10/15M", "9" * 5_000 + "/m"],
)  # fmt: skip
def test_refuses_an_invalid_rate(rate):
    with pytest.raises(ValueError, match=r"rate|allows"):
        Limit.parse("tests", rate)
