"""W002: rate limits that each process counts for itself."""

from typing import Any

from django.core.cache import InvalidCacheBackendError, caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage

from starterkit_core.checks.messages import warning
from starterkit_core.conf import conf, debugging


def check_shared_cache(**kwargs: Any) -> list[CheckMessage]:
    """W002: each process counts its own attempts, so more pass than the limit."""
    try:
        cache = caches[conf.CACHE_ALIAS]
    except InvalidCacheBackendError:  # E014 of core says so
        return []
    if debugging() or not isinstance(cache, LocMemCache):
        return []
    text = "Sign-in attempts are counted separately in each process."
    hint = f"Use a shared cache, such as Redis, for CACHES[{conf.CACHE_ALIAS!r}]."
    return [warning("starterkit_auth.W002", text, hint)]
