"""Answers that are kept for retries: requests with an ``Idempotency-Key``.

That an effect happens once is up to the database: the answer is saved in the
transaction of the use case, under a unique scope. A second request that comes meanwhile
waits at that index for the first to commit, and then finds its answer. So that it need
not wait, a claim in the cache says that the first is being answered. A claim ends with
its request, or after ``CLAIMED_FOR`` if the process was killed. While the cache is
down, requests wait, and no effect is doubled.
"""

import hashlib
import json
import logging
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from starterkit_core.conf import conf, secret_keys
from starterkit_core.db.conflicts import is_duplicate, retried
from starterkit_core.db.databases import rows_beside, rows_of
from starterkit_core.db.expired import Expired
from starterkit_core.errors import (
    IdempotencyKeyReused,
    RateLimited,
    RequestInProgress,
    ServiceUnavailable,
)
from starterkit_core.models import KeptAnswer
from starterkit_core.services import limits
from starterkit_core.utils.outages import is_new
from starterkit_core.utils.uuid7 import first_id_at

logger = logging.getLogger("starterkit.idempotency")

CLAIMED_FOR = 10
"""Seconds after which the claim of a killed process ends."""

RETRY_AFTER = 2
"""``Retry-After`` in seconds while the first request is being answered."""

WEEK = timedelta(days=7)


class AnsweredMeanwhile(Exception):
    """Another request with the same key was faster; its answer can be read now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request with an ``Idempotency-Key``, as far as retries are recognized by it."""

    user_id: str
    scope: str
    content: str

    @classmethod
    def of(
        cls,
        user: AbstractBaseUser,
        *,
        operation: str,
        path: str,
        key: str,
        content: Any,
    ) -> "KeyedRequest":
        """Return the request of ``user``; ``content`` is JSON that retries repeat."""
        named = json.dumps([str(user.pk), operation, path, key])
        return cls(
            user_id=str(user.pk),
            scope=hashlib.sha256(named.encode()).hexdigest(),
            content=json.dumps(content, sort_keys=True),
        )

    def fingerprints(self) -> list[str]:
        """Return the keyed hash of the content, then those by former secret keys.

        Keyed, as a plain hash of a short content can be reversed by trying.
        """
        salt = "starterkit_core.idempotency"
        return [
            salted_hmac(salt, self.content, secret, algorithm="sha256").hexdigest()
            for secret in secret_keys()
        ]


def find(request: KeyedRequest) -> KeptAnswer | None:
    """Return the answer to an earlier request with this key, or None.

    One that has expired is deleted, as its key may be used again.

    Raises:
        IdempotencyKeyReused: that request had another content.
    """
    kept = _rows(request).first()
    if kept is None:
        return None
    if kept.created_at <= _oldest():
        retried(_rows(request).filter(pk=kept.pk).delete)
        return None
    if kept.fingerprint not in request.fingerprints():
        raise IdempotencyKeyReused
    return kept


def check_room(request: KeyedRequest) -> None:
    """Refuse a user who has too many kept answers.

    Raises:
        RateLimited: until the oldest of them has expired.
    """
    lifetime, most = conf.IDEMPOTENCY_KEY_LIFETIME, conf.IDEMPOTENCY_KEYS_PER_USER
    mine = rows_of(KeptAnswer).filter(user_id=request.user_id, created_at__gt=_oldest())
    if mine.count() < most:
        return
    oldest = mine.order_by("created_at").values_list("created_at", flat=True).first()
    wait = (oldest or timezone.now()) + lifetime - timezone.now()
    raise RateLimited(retry_after=max(1, math.ceil(wait.total_seconds())))


def claim(request: KeyedRequest) -> None:
    """Say that ``request`` is being answered; ``release()`` must follow.

    Raises:
        RequestInProgress: another one with this key is.
    """
    try:
        with limits.cache_that_may_be_down() as cache:
            is_first = cache.add(_name(request), 1, CLAIMED_FOR)
    except ServiceUnavailable as outage:
        text = "The cache is down: a retry waits for the request before it"
        logger.error(text, exc_info=is_new(outage))  # noqa: TRY400  # once a minute
        return
    if not is_first:
        raise RequestInProgress(retry_after=RETRY_AFTER)


def release(request: KeyedRequest) -> None:
    """End the claim; never raises, as it ends by itself as well."""
    with suppress(ServiceUnavailable), limits.cache_that_may_be_down() as cache:
        cache.delete(_name(request))


def begin(request: KeyedRequest, database: str) -> KeptAnswer:
    """Insert the row of ``request``, in the transaction of ``database``.

    Raises:
        AnsweredMeanwhile: another transaction has; this one must be rolled back.
    """
    rows = _rows(request)
    if rows.db != database:
        raise ImproperlyConfigured(
            f"An answer is kept in {rows.db!r}, but the use case writes to "
            f"{database!r}: one transaction cannot save both."
        )
    kept = KeptAnswer(
        user_id=request.user_id,
        scope=request.scope,
        fingerprint=request.fingerprints()[0],
    )
    try:
        kept.save(force_insert=True, using=database)
    except IntegrityError as error:
        if is_duplicate(error):
            raise AnsweredMeanwhile from error
        raise
    return kept


def complete(
    kept: KeptAnswer, *, status: int, headers: Mapping[str, str], body: str
) -> None:
    """Save the answer, in the transaction that ``begin()`` was called in."""
    kept.status, kept.headers, kept.body = status, dict(headers), body
    kept.save(update_fields=["status", "headers", "body"])


def answers_of(user: AbstractBaseUser) -> QuerySet[KeptAnswer]:
    """Return every answer that is kept for ``user``."""
    return rows_beside(KeptAnswer, user).filter(user_id=str(user.pk))


def expired() -> list[Expired]:
    """Return the answers that are not kept any longer."""
    rows = rows_of(KeptAnswer)
    return [Expired.since("kept answers", rows, _oldest())]


def is_behind() -> bool:
    """Return whether answers should have been deleted a week ago or earlier."""
    week_ago = first_id_at(_oldest() - WEEK)
    return rows_of(KeptAnswer).filter(pk__lt=week_ago).exists()


def _rows(request: KeyedRequest) -> QuerySet[KeptAnswer]:
    return rows_of(KeptAnswer).filter(user_id=request.user_id, scope=request.scope)


def _oldest() -> datetime:
    """Return the moment after which an answer that is in force was made."""
    return timezone.now() - conf.IDEMPOTENCY_KEY_LIFETIME


def _name(request: KeyedRequest) -> str:
    return f"starterkit:idempotency:{request.scope}"
