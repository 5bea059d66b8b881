"""Rate limits on Django's cache that stay exact under concurrent requests.

The period of a limit is divided into parts. Every attempt increments the counter of the
current part by ``incr``, which is atomic in the cache, and adds the counters of the
parts that a whole period before this moment touches: however many attempts are
concurrent, no more pass than the limit allows, in any period of that length. The price
is that an attempt counts for up to one part longer than the period. What may slip
through are attempts in progress while one part ends and the next begins.

What is full is refused before it counts anywhere, and a refused attempt is subtracted
again: retries do not prolong the wait. Of several limits the first that refuses keeps
the attempt from those after it, so list the narrowest first: then a flood that one of
them stops uses up no other.

If the cache is down, every attempt is refused (503), so no limit is silently off.
"""

import hmac
import logging
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Self, TypeVar

from django.core.cache import BaseCache, caches
from django.utils.crypto import salted_hmac

from starterkit_core.conf import Setting, conf, until_settings_change
from starterkit_core.db.databases import after_commit
from starterkit_core.errors import RateLimited, ServiceUnavailable
from starterkit_core.utils.outages import is_new
from starterkit_core.utils.pause import Pause

T = TypeVar("T")

logger = logging.getLogger("starterkit.limits")

RETRY_WHEN_DOWN = 30
"""``Retry-After`` in seconds when the cache is down."""

LONG = 0.2
"""Seconds after which a cache that then fails hangs, rather than being down."""

hanging = Pause(2)
"""The pause after the cache has hung; in seconds."""

_RATE = re.compile(r"(\d{1,9})/(\d{0,5})([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_TRIES = 5

PARTS = 4
"""The number of parts of a period; an attempt counts for at most one part longer."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``times`` attempts in any period of length ``per``."""

    scope: str
    """What is counted, such as ``sign_in.account``; each scope counts separately."""

    times: int
    per: timedelta

    def __post_init__(self) -> None:
        if self.times < 1 or self.per < timedelta(seconds=1):
            raise ValueError("A limit allows at least once per second or longer.")

    @classmethod
    @lru_cache(maxsize=128)
    def parse(cls, scope: str, rate: str) -> Self:
        """Parse a rate such as ``10/15m``: a number of times, per s, m, h or d.

        Raises:
            ValueError: ``rate`` is malformed.
        """
        match = _RATE.fullmatch(rate)
        if match is None:
            raise ValueError(f"{rate!r} is no rate; write it like 10/15m (s, m, h, d).")
        times, number, unit = match.groups()
        seconds = int(number or 1) * _SECONDS[unit]
        return cls(scope, int(times), timedelta(seconds=seconds))


def is_rate(text: str) -> bool:
    """Return whether ``text`` is a rate such as ``10/15m``."""
    try:
        Limit.parse("", text)
    except ValueError:
        return False
    return True


def rate(default: str) -> Setting[str]:
    """Return a setting that is a rate such as ``10/15m``."""
    return Setting(default, accepts=is_rate, expects="a rate such as '10/15m'")


Counted = tuple[Limit, str]
"""A limit and the key that an attempt counts for."""


def consume(limit: Limit, key: str, *, cost: int = 1) -> None:
    """Count an attempt of ``key``, or refuse it.

    Raises:
        RateLimited: too many attempts; ``retry_after`` is the wait in seconds.
        ServiceUnavailable: the cache is down.
    """
    _consume([_Counter.of(limit, key, cost)])


def consume_all(limits: Sequence[Counted]) -> None:
    """Count one attempt under each limit, or under none if one of them refuses.

    Two limits on one scope need different rates, or they would share their counter.

    Raises:
        RateLimited: too many attempts; ``retry_after`` is the longest wait.
        ServiceUnavailable: the cache is down.
    """
    _consume([_Counter.of(limit, key, 1) for limit, key in limits])


def clear_all(limits: Sequence[Counted]) -> None:
    """Reset the counter of each limit and key.

    Raises:
        ServiceUnavailable: the cache is down; the attempts stay counted.
    """
    counters = [_Counter.of(limit, key, 0) for limit, key in limits]
    with cache_that_may_be_down() as cache:
        cache.delete_many([key for counter in counters for key in counter.keys])


def forget(limit: Limit, key: str) -> None:
    """Reset the counter of ``key``, such as after a success.

    Never raises: if the cache is down, the attempts stay counted, which is safe.
    """
    try:
        clear_all([(limit, key)])
    except ServiceUnavailable as outage:
        _log_outage("The cache is down: a limit of %s is not cleared", limit, outage)


def forget_after_commit(limit: Limit, key: str) -> None:
    """Reset the counter of ``key`` once the transaction is committed."""
    after_commit(lambda: forget(limit, key))


def give_back(limit: Limit, key: str) -> None:
    """Subtract one attempt of ``key`` that was counted, such as after a success.

    Never raises: if the cache is down, the attempt stays counted, which is safe.
    """
    try:
        with cache_that_may_be_down() as cache:
            _Counter.of(limit, key, 1).take_back(cache)
    except ServiceUnavailable as outage:
        _log_outage("The cache is down: %s is not given back", limit, outage)


def give_back_all(counted: Iterable[Counted]) -> None:
    """Subtract one attempt that ``consume_all`` has counted."""
    for limit, key in counted:
        give_back(limit, key)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Counter:
    """The counter of one key in the current part of the period."""

    limit: Limit
    cost: int
    keys: list[str]
    """The names of this part and of those before that count, the newest first."""

    elapsed: float
    """The seconds of this part that have passed."""

    @classmethod
    def of(cls, limit: Limit, key: str, cost: int) -> Self:
        part, elapsed = divmod(time.time(), limit.per.total_seconds() / PARTS)
        name = _name(limit, key)
        keys = [f"{name}:{int(part) - ago}" for ago in range(PARTS + 1)]
        return cls(limit=limit, cost=cost, keys=keys, elapsed=elapsed)

    def add(self, cache: BaseCache) -> int:
        """Add the cost and return the sum, atomically."""
        lifetime = math.ceil(2 * self.limit.per.total_seconds()) + 60
        for _ in range(_TRIES):
            try:
                return _whole(cache.incr(self.keys[0], self.cost))
            except ValueError:  # the counter does not exist yet, or has expired
                cache.add(self.keys[0], 0, lifetime)
        raise RuntimeError("The cache keeps no counters.")

    def take_back(self, cache: BaseCache) -> None:
        """Subtract the cost again, unless the counter is gone."""
        try:
            cache.decr(self.keys[0], self.cost)
        except ValueError:
            return

    def sums(self, read: Mapping[str, object]) -> list[int]:
        """Return the counters of ``keys`` among those that were read."""
        return [_whole(read.get(key, 0)) for key in self.keys]

    def wait(self, others: int, *former: int) -> float:
        """Return the seconds until there is room, or 0 if there is room now.

        ``others`` are the attempts in this part besides this one, and ``former`` those
        in the parts before.
        """
        if others + sum(former) + self.cost <= self.limit.times:
            return 0
        # Others that are about to be refused do not prolong the wait.
        counted = [min(others, self.limit.times), *former]
        parts = next(
            (
                passed
                for passed in range(1, PARTS + 1)
                if sum(counted[: PARTS + 1 - passed]) + self.cost <= self.limit.times
            ),
            PARTS + 1,
        )
        return parts * self.limit.per.total_seconds() / PARTS - self.elapsed


def _log_outage(text: str, limit: Limit, outage: ServiceUnavailable) -> None:
    """Log a line, with the traceback once a minute."""
    logger.error(text, limit.scope, exc_info=is_new(outage))


def counts_atomically(cache: BaseCache) -> bool:
    """Return whether ``cache.incr()`` is atomic, so that limits hold under concurrency.

    The dummy, file and database caches of Django inherit an ``incr`` that reads, then
    writes.
    """
    return type(cache).incr is not BaseCache.incr


def _consume(counters: Sequence[_Counter]) -> None:
    try:
        with cache_that_may_be_down() as cache:
            wait = _wait(cache, counters)
    except ServiceUnavailable as outage:
        if outage.__cause__ and is_new(outage):  # the view logs each refusal
            scopes = ", ".join(counter.limit.scope for counter in counters)
            text = "The cache is down: refusing what is limited by %s"
            logger.exception(text, scopes)
        raise
    if wait:
        raise RateLimited(retry_after=max(1, math.ceil(wait)))


def _wait(cache: BaseCache, counters: Sequence[_Counter]) -> float:
    """Count one attempt and return 0, or count none and return the longest wait."""
    read = cache.get_many([key for counter in counters for key in counter.keys])
    sums = [counter.sums(read) for counter in counters]
    waits = [counter.wait(*its) for counter, its in zip(counters, sums, strict=True)]
    if any(waits):
        return max(waits)
    for position, counter in enumerate(counters, start=1):
        others = counter.add(cache) - counter.cost
        wait = counter.wait(others, *sums[position - 1][1:])
        if wait:
            for added in counters[:position]:
                added.take_back(cache)
            return wait
    return 0


@contextmanager
def cache_that_may_be_down() -> Iterator[BaseCache]:
    """Yield the cache, and turn any exception of its backend into a refusal.

    After one that took long, the others are refused without a wait.
    """
    if not hanging.lets_ask():
        raise ServiceUnavailable(retry_after=RETRY_WHEN_DOWN)
    began = time.monotonic()
    try:
        yield _cache()
        hanging.end()
    except Exception as error:
        raise _outage(began) from error


def asked_of_cache(act: Callable[[BaseCache], T]) -> T:
    """Return what ``act`` returns, quicker than ``cache_that_may_be_down()``.

    Raises:
        ServiceUnavailable: the cache is down.
    """
    if not hanging.lets_ask():
        raise ServiceUnavailable(retry_after=RETRY_WHEN_DOWN)
    began = time.monotonic()
    try:
        answer = act(_cache())
    except Exception as error:
        raise _outage(began) from error
    hanging.end()
    return answer


def _outage(began: float) -> ServiceUnavailable:
    """Return the refusal; after a failure that took long, the next ones are quick."""
    if time.monotonic() - began > LONG:
        hanging.begin()
    return ServiceUnavailable(retry_after=RETRY_WHEN_DOWN)


def _cache() -> BaseCache:
    return caches[conf.CACHE_ALIAS]


def _name(limit: Limit, key: str) -> str:
    """Return the name of a counter, from which ``key`` cannot be recovered.

    An HMAC with the project's secret: a plain hash of an address can be reversed by
    trying every address. Number and period of the limit are part of it, so two limits
    on one scope have separate counters.
    """
    seconds = limit.per.total_seconds()
    text = f"{limit.scope}\n{limit.times}/{seconds}\n{key}"
    digest = hmac.digest(_secret(), text.encode(errors="surrogatepass"), "sha256")
    return f"starterkit:limit:{digest.hex()[:40]}"


@until_settings_change
def _secret() -> bytes:
    """Return a key for this purpose, derived from ``SECRET_KEY``."""
    return salted_hmac("starterkit_core.limits", "name", algorithm="sha256").digest()


def _whole(number: object) -> int:
    """Return ``number`` if it is an int.

    Some cache backends swallow errors and return None.
    """
    if not isinstance(number, int):
        raise TypeError("The cache gave no number for a counter.")
    return number
