"""Whether a user has accepted everything, found out as cheaply as the project allows.

The gate compares the epoch with the one that was kept of the user: in the column of
``TermsStateMixin``, or in the cache. Only a user of whom another epoch is kept, or
none, costs a query.
"""

import hmac
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import BaseCache
from django.db.models import BigIntegerField
from django.utils.crypto import salted_hmac

from starterkit_core.conf import until_settings_change
from starterkit_core.db._statements import update
from starterkit_core.db.compiled_query import CompiledExists
from starterkit_core.db.databases import after_commit
from starterkit_core.errors import ServiceUnavailable
from starterkit_core.services.limits import asked_of_cache
from starterkit_core.utils.outages import is_new, summary_of
from starterkit_terms.models.state_mixin import COLUMN
from starterkit_terms.services import asked, epochs
from starterkit_terms.services.audiences import Membership

logger = logging.getLogger("starterkit.terms")

KEPT_FOR = 3_600
"""Seconds for which the cache keeps the epoch of a user."""

_is_blocked = CompiledExists(asked.blocking, asked.fields)


def is_settled(user: AbstractBaseUser, at: datetime) -> bool:
    """Return whether it is known that the user has accepted everything.

    No query; one read of the cache if the user model lacks the column. False says
    little: then ``settle()`` finds out.
    """
    if not asked.are_ours():
        return False
    epoch = epochs.known().get().at(at).epoch(Membership(user))
    if epoch == epochs.NONE:
        return True
    return _column_of(user) == epoch if has_column() else _is_cached(user, epoch)


def is_settled_in_memory(user: AbstractBaseUser, at: datetime) -> bool:
    """Return whether ``is_settled()`` says so without I/O: an event loop may ask.

    Not while a document with an audience is enforced: its policy may need a query.
    """
    if not asked.are_ours() or not has_column():
        return False
    known = epochs.known().fresh()
    if known is None:
        return False
    enforced = known.at(at)
    if enforced.by_audience:
        return False
    return enforced.of_all in {epochs.NONE, _column_of(user)}


def settle(user: AbstractBaseUser, at: datetime) -> bool:
    """Keep that the user has accepted everything, if so, and return whether.

    Call it after the acceptances were saved, in their transaction. One query, two
    within a transaction; one more to keep it, and one UPDATE if the user model has the
    column. False if the host's own manager of versions decides, and no epoch is kept.
    """
    if not asked.are_ours():
        return False
    # Before the question: what is published in between makes another epoch, so the
    # gate asks again. And after it: a document of the epoch that has become optional
    # was not asked about, and may become mandatory again.
    membership = Membership(user)
    enforced = epochs.of_transaction().at(at)
    epoch = enforced.epoch(membership)
    if _is_blocked.ask(user.pk, at) and not (
        enforced.by_audience and _is_blocked_by_others_only(user, at, membership)
    ):
        return False
    if epoch != epochs.NONE and epochs.read().at(at).epoch(membership) == epoch:
        _keep(user, epoch)
    return True


def _is_blocked_by_others_only(
    user: AbstractBaseUser, at: datetime, membership: Membership
) -> bool:
    """Return whether all that is not accepted is for other audiences; one query."""
    blocking = asked.blocking(user.pk, at).values_list("document__audience", flat=True)
    return not any(membership.covers(audience) for audience in blocking)


def forget(user: AbstractBaseUser) -> None:
    """Let the gate ask again for this user, whose acceptances were taken away."""
    if has_column():
        update(get_user_model(), {"pk": user.pk}, {COLUMN: epochs.NONE})
        setattr(user, COLUMN, epochs.NONE)
    else:
        key = _key(user)
        after_commit(lambda: _in_cache(lambda cache: cache.delete(key)))


@until_settings_change
def has_column() -> bool:
    """Return whether the user model has the column of ``TermsStateMixin``."""
    columns = {field.name: field for field in get_user_model()._meta.concrete_fields}
    return isinstance(columns.get(COLUMN), BigIntegerField)


def _column_of(user: AbstractBaseUser) -> int | None:
    """Return what the loaded row says; a deferred column is not read for this."""
    is_loaded = COLUMN not in user.get_deferred_fields()
    return getattr(user, COLUMN, None) if is_loaded else None


def _keep(user: AbstractBaseUser, epoch: int) -> None:
    if has_column():
        update(get_user_model(), {"pk": user.pk}, {COLUMN: epoch})
        # The instance follows the row, which a rollback leaves as it was.
        after_commit(lambda: setattr(user, COLUMN, epoch))
        return
    key, value = _key(user), _proof(user, epoch)
    after_commit(lambda: _in_cache(lambda cache: cache.set(key, value, KEPT_FOR)))


def _is_cached(user: AbstractBaseUser, epoch: int) -> bool:
    key = _key(user)
    found: object = _in_cache(lambda cache: cache.get(key))
    return isinstance(found, str) and found == _proof(user, epoch)


def _in_cache(act: Callable[[BaseCache], Any]) -> Any:
    """Return what ``act`` returns, or None if the cache is down."""
    try:
        return asked_of_cache(act)
    except ServiceUnavailable as outage:
        if is_new(outage, "terms"):
            text = "The cache is down: asking the database who has accepted: %s"
            logger.warning(text, summary_of(outage))
        return None


def _key(user: AbstractBaseUser) -> str:
    return f"starterkit:terms:{_digest(f'key {user.pk}')[:12]}"


def _proof(user: AbstractBaseUser, epoch: int) -> str:
    """Return what the cache keeps: only this project can say it, of this user alone."""
    return _digest(f"{epoch} {user.pk}")


def _digest(text: str) -> str:
    return hmac.digest(_secret(), text.encode(), "sha256").hex()


@until_settings_change
def _secret() -> bytes:
    return salted_hmac(
        "starterkit_terms.standing", "cache", algorithm="sha256"
    ).digest()
