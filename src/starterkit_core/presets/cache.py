"""``CACHES``."""

from typing import Any


def cache(redis_url: str, *, prefix: str = "") -> dict[str, Any]:
    """Return an entry of ``CACHES``: Redis, given up after a second at most.

    It has half a second to accept a connection, and half a second for each answer.
    Projects that share a Redis need a ``prefix`` each, or they count together.
    """
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": prefix,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
