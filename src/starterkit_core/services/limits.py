"""Rate limits on Django's cache that stay exact under concurrent requests.

Every attempt increments the counter of the current window by ``incr``, which is atomic
in the cache, and compares the number it returns with the limit: however many attempts
are concurrent, no more pass than the limit allows. The previous window counts by the
share of it that a sliding window would still cover, so a client cannot use the limit
twice around the edge of a window (an attempt in progress at the edge may be missed
there). A refused attempt is subtracted again: retries do not prolong the wait.

If the cache is down, every attempt is refused (503), so no limit is silently off.
"""

import hmac
import logging
import math
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Self

from django.core.cache import BaseCache, caches
from django.utils.crypto import salted_hmac

from starterkit_core.conf import conf, until_settings_change
from starterkit_core.db.databases import after_commit
from starterkit_core.errors import RateLimited, ServiceUnavailable

logger = logging.getLogger("starterkit.limits")

RETRY_WHEN_DOWN = 30
"""``Retry-After`` in seconds when the cache is down."""

_RATE = re.compile(r"(\d{1,9})/(\d{0,5})([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_TRIES = 5


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


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """An attempt that was counted, so that it can be taken back."""

    _counters: Sequence["_Counter"] = ()

    def take_back(self) -> None:
        """Count it no more: it was refused before it could be judged.

        Never raises: if the cache is down, it stays counted, which is safe.
        """
        try:
            for counter in self._counters:
                counter.take_back(_cache())
        except Exception:
            logger.exception("The cache is down: an attempt stays counted")


def consume(limit: Limit, key: str, *, cost: int = 1) -> Attempt:
    """Count an attempt of ``key``, or refuse it.

    Raises:
        RateLimited: too many attempts; ``retry_after`` is the wait in seconds.
        ServiceUnavailable: the cache is down.
    """
    return _consume([_Counter.of(limit, key, cost)])


def consume_all(limits: Sequence[tuple[Limit, str]]) -> Attempt:
    """Count one attempt under each limit, or under none if one of them refuses.

    Raises:
        RateLimited: too many attempts; ``retry_after`` is the longest wait.
        ServiceUnavailable: the cache is down.
    """
    return _consume([_Counter.of(limit, key, 1) for limit, key in limits])


def forget(limit: Limit, key: str) -> None:
    """Reset the counter of ``key``, such as after a success.

    Never raises: if the cache is down, the attempts stay counted, which is safe.
    """
    counter = _Counter.of(limit, key, 0)
    try:
        _cache().delete_many([counter.key, counter.previous_key])
    except Exception:
        logger.exception("The cache is down: a limit of %s is not cleared", limit.scope)


def forget_after_commit(limit: Limit, key: str) -> None:
    """Reset the counter of ``key`` once the transaction is committed."""
    after_commit(lambda: forget(limit, key))


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class _Counter:
    """The counter of one key in the current window."""

    limit: Limit
    name: str
    cost: int
    window: int
    """The number of this window, counted from 1970."""

    elapsed: float
    """The seconds of this window that have passed."""

    @classmethod
    def of(cls, limit: Limit, key: str, cost: int) -> Self:
        window, elapsed = divmod(time.time(), limit.per.total_seconds())
        return cls(
            limit=limit,
            name=_name(limit, key),
            cost=cost,
            window=int(window),
            elapsed=elapsed,
        )

    @property
    def key(self) -> str:
        return f"{self.name}:{self.window}"

    @property
    def previous_key(self) -> str:
        return f"{self.name}:{self.window - 1}"

    def add(self, cache: BaseCache) -> int:
        """Add the cost and return the sum, atomically."""
        lifetime = math.ceil(2 * self.limit.per.total_seconds()) + 60
        for _ in range(_TRIES):
            try:
                return _whole(cache.incr(self.key, self.cost))
            except ValueError:  # the counter does not exist yet, or has expired
                cache.add(self.key, 0, lifetime)
        raise RuntimeError("The cache keeps no counters.")

    def take_back(self, cache: BaseCache) -> None:
        """Subtract the cost again, unless the counter is gone."""
        try:
            cache.decr(self.key, self.cost)
        except ValueError:
            return

    def wait(self, current: int, previous: int) -> float:
        """Return the seconds until there is room, or 0 if there is room now.

        ``current`` includes this attempt.
        """
        period = self.limit.per.total_seconds()
        before = min(previous, self.limit.times)
        if current + before * (1 - self.elapsed / period) <= self.limit.times:
            return 0
        if current <= self.limit.times:
            return self._share_until_room(before, current) * period - self.elapsed
        others = min(current - self.cost, self.limit.times)
        share = self._share_until_room(others, self.cost)
        return (1 + share) * period - self.elapsed

    def _share_until_room(self, before: int, wanted: int) -> float:
        """Return the share of a window until ``before`` leaves room for ``wanted``."""
        room = max(self.limit.times - wanted, 0)
        return 1 - room / before if before > room else 0


def counts_atomically(cache: BaseCache) -> bool:
    """Return whether ``cache.incr()`` is atomic, so that limits hold under concurrency.

    The dummy, file and database caches of Django inherit an ``incr`` that reads, then
    writes.
    """
    return type(cache).incr is not BaseCache.incr


def _consume(counters: Sequence[_Counter]) -> Attempt:
    with _cache_that_may_be_down(counters) as cache:
        current = [counter.add(cache) for counter in counters]
        previous = cache.get_many([counter.previous_key for counter in counters])
        waits = [
            counter.wait(number, _whole(previous.get(counter.previous_key, 0)))
            for counter, number in zip(counters, current, strict=True)
        ]
        if any(waits):
            for counter in counters:
                counter.take_back(cache)
    if any(waits):
        raise RateLimited(retry_after=max(1, math.ceil(max(waits))))
    return Attempt(counters)


@contextmanager
def _cache_that_may_be_down(counters: Sequence[_Counter]) -> Iterator[BaseCache]:
    """Yield the cache, and turn any exception of its backend into a refusal."""
    try:
        yield _cache()
    except Exception as error:
        scopes = ", ".join(counter.limit.scope for counter in counters)
        logger.exception("The cache is down: refusing what is limited by %s", scopes)
        raise ServiceUnavailable(retry_after=RETRY_WHEN_DOWN) from error


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
