"""What a test must not leave to the next one, besides rows of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings  # noqa: TID251  # Django's own, not a module's
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.utils import translation

from starterkit_core.health import checks, runs
from starterkit_core.services import limits
from starterkit_core.services.mail_threads import mail_threads
from starterkit_core.utils import memory, outages


def forget_attempts() -> None:
    """Reset all rate limits, drop waiting mails, forget what a process remembers.

    Only local memory caches are cleared: others may be shared with other programs.
    """
    for cache in caches.all(initialized_only=True):
        if isinstance(cache, LocMemCache):
            cache.clear()
    mail_threads.forget()
    limits.hanging.end()
    outages.forget()
    memory.forget_all()
    runs.forget()
    checks.forget()


@contextmanager
def language_put_back() -> Iterator[None]:
    """Restore the language at the end, as a request may activate another."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
