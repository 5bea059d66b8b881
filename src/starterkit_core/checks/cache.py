"""E014: the cache with the counters of the rate limits."""

from typing import Any

from django.core.cache import InvalidCacheBackendError, caches
from django.core.checks import CheckMessage

from starterkit_core.checks.messages import error
from starterkit_core.conf import conf
from starterkit_core.services.limits import counts_atomically


def check_counting_cache(**kwargs: Any) -> list[CheckMessage]:
    """Find a cache that would miscount concurrent attempts."""
    where = f"STARTERKIT_CORE['CACHE_ALIAS'] = {conf.CACHE_ALIAS!r}"
    try:
        cache = caches[conf.CACHE_ALIAS]
    except InvalidCacheBackendError as reason:
        text = f"{where}: this cache cannot be used: {reason}"
        return [error("starterkit_core.E014", text, "Name one of CACHES.")]
    if counts_atomically(cache):
        return []
    text = (
        f"{where}: this cache does not count atomically, so concurrent requests could "
        "exceed the rate limits."
    )
    hint = "Use Redis or Memcached, or local memory with a single process."
    return [error("starterkit_core.E014", text, hint)]
