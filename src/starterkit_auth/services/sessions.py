"""Saves, finds, renews and ends sessions."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connections
from django.db.models import F, Model
from django.db.models.functions import Greatest
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models.session import (
    AbstractSession,
    SessionQuerySet,
    Transport,
    session_model,
)
from starterkit_auth.services import hidden_users, impersonations
from starterkit_auth.services.tokens import Kind, Token, mint
from starterkit_core import signals
from starterkit_core.db._statements import insert, update
from starterkit_core.db.compiled_query import CompiledGet
from starterkit_core.db.conflicts import retried
from starterkit_core.db.databases import accounts_database
from starterkit_core.utils.moments import as_utc
from starterkit_core.utils.secrets import Secret

_with_user = CompiledGet[AbstractSession](
    lambda pk: session_model()._base_manager.select_related("user").filter(pk=pk)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session and the secrets its client uses, which are sent once and not stored."""

    session: AbstractSession
    user: AbstractBaseUser
    expires_in: int
    """Seconds until the access token, or the cookie, expires."""

    access_token: Secret | None = field(default=None, repr=False)
    refresh_token: Secret | None = field(default=None, repr=False)
    cookie: Secret | None = field(default=None, repr=False)
    device: Secret | None = field(default=None, repr=False)
    """Goes into a second cookie, which outlives the session."""

    token_type: str = "Bearer"  # noqa: S105  # no secret


def save_last_login(user: AbstractBaseUser) -> bool:
    """Save ``last_login``, which also locks the row, so that sign-ins are serialized.

    False if the password has changed since ``user`` was read, or the account was
    closed or deleted. In a user model without the column, the row is only locked.

    A user model may count an account as active whose row says otherwise, such as one
    whose suspension has ended.
    """
    fields = {field.name for field in user._meta.concrete_fields}
    unchanged: dict[str, Any] = {"pk": user.pk, "password": user.password}
    if "is_active" in fields:  # a host project may compute it instead
        unchanged["is_active"] = _saved_as_active(user) or not user.is_active
    if "last_login" not in fields:
        rows = type(user)._base_manager.select_for_update().filter(**unchanged)
        return rows.values_list("pk").first() is not None
    user.last_login = timezone.now()
    return bool(update(type(user), unchanged, {"last_login": user.last_login}))


def _saved_as_active(user: AbstractBaseUser) -> bool:
    return bool(vars(user).get("is_active", True))


def insert_session(session: AbstractSession) -> None:
    """Save a new session; calls ``save()`` only if a swapped model overrides it."""
    if type(session).save is Model.save:
        insert(session)
    else:
        session.save(force_insert=True)


def end_oldest(user: AbstractBaseUser) -> None:
    """End the oldest sessions of ``user`` beyond ``MAX_SESSIONS``."""
    rows = live(user).order_by("-created_at", "-pk")
    end_each([*rows[conf.MAX_SESSIONS :]], "too_many")


def issue(session: AbstractSession) -> OpenedSession:
    """Return a live session with the tokens, or the cookies, of its generation."""
    now = timezone.now()
    if session.transport == Transport.COOKIE:
        return _with_cookies(session, now)
    return _with_tokens(session, now)


def _with_cookies(session: AbstractSession, now: datetime) -> OpenedSession:
    return OpenedSession(
        session=session,
        user=session.user,
        expires_in=_seconds(now, session.expires_at),
        cookie=mint(Kind.COOKIE, session),
        device=mint(Kind.DEVICE, session),
    )


def _with_tokens(session: AbstractSession, now: datetime) -> OpenedSession:
    lifetime = conf.ACCESS_TOKEN_LIFETIME
    expires_at = min(as_utc(now) + lifetime, as_utc(session.expires_at))
    return OpenedSession(
        session=session,
        user=session.user,
        expires_in=_seconds(now, expires_at),
        access_token=mint(Kind.ACCESS, session, expires_at=expires_at),
        refresh_token=mint(Kind.REFRESH, session),
    )


def find(token: Token) -> AbstractSession | None:
    """Return the session that ``token`` was made for, with its user; one query.

    Whether session, user and token are still valid is not checked here.
    """
    session = _with_user.get(token.session_id)
    return session if session and token.is_made_for(session) else None


def read(session_id: UUID) -> AbstractSession | None:
    """Return the session with this id, with its user; None if it was deleted."""
    return _with_user.get(session_id)


def is_open(session: AbstractSession, now: datetime) -> bool:
    """Return whether session and user are active and the password is unchanged.

    A user whom the default manager of the user model hides is not active.
    """
    user = session.user
    return (
        session.is_live_at(now)
        and user.is_active
        and hmac.compare_digest(session.auth_hash, password_version(user.password))
        and not hidden_users.is_hidden(user)
    )


def touch(session: AbstractSession, generation: int, now: datetime) -> None:
    """Save that a token of ``generation`` was used.

    At most one UPDATE per ``TOUCH_INTERVAL``, and one after each renewal.
    """
    unconfirmed = generation > session.confirmed_generation
    if not unconfirmed and now - session.last_seen_at < conf.TOUCH_INTERVAL:
        return
    session.last_seen_at = now
    session.idle_expires_at = idle_deadline(now, session.expires_at)
    session.confirmed_generation = max(generation, session.confirmed_generation)
    session_model()._base_manager.filter(pk=session.pk, revoked_at=None).update(
        last_seen_at=now,
        idle_expires_at=session.idle_expires_at,
        confirmed_generation=Greatest(F("confirmed_generation"), generation),
        updated_at=now,
    )


def rotate(session: AbstractSession, now: datetime) -> bool:
    """Move ``session`` to its next generation; False if another request was faster.

    One conditional UPDATE: of concurrent requests with one token, one succeeds.
    """
    generation = session.generation
    values = {
        "generation": generation + 1,
        "confirmed_generation": generation,
        "rotated_at": now,
        "last_seen_at": now,
        "idle_expires_at": idle_deadline(now, session.expires_at),
        "updated_at": now,
    }
    where = {"pk": session.pk, "generation": generation, "revoked_at": None}
    if not retried(lambda: update(session_model(), where, values)):
        return False
    vars(session).update(values)
    return True


def end(session: AbstractSession, reason: str) -> bool:
    """End ``session`` now; return False if it had ended before."""
    values = _ended_now(reason)
    where = {"pk": session.pk, "revoked_at": None}
    if not update(session_model(), where, values):
        return False
    _announce_end(session, values)
    return True


def end_each(sessions: Sequence[AbstractSession], reason: str) -> int:
    """End these sessions by one UPDATE; return how many had not ended before.

    Their users have to be read with them.
    """
    if not sessions:
        return 0
    values = _ended_now(reason)
    found = session_model()._base_manager.filter(pk__in=[it.pk for it in sessions])
    ended = found.filter(revoked_at=None).update(**values)
    if ended < len(sessions):  # others ended meanwhile, and were announced then
        ours = found.filter(revoked_at=values["revoked_at"])
        keys = {*ours.values_list("pk", flat=True)}
        sessions = [session for session in sessions if session.pk in keys]
    for session in sessions:
        _announce_end(session, values)
    return ended


def end_rows(rows: SessionQuerySet, reason: str) -> int:
    """End any number of sessions by one UPDATE; return how many there were.

    They are read only if the project listens to ``session_ended``. Call this in a
    transaction that has locked their users.
    """
    if signals.session_ended.has_listeners(session_model()):
        return end_each([*rows.select_related("user")], reason)
    return rows.filter(revoked_at=None).update(**_ended_now(reason))


def _ended_now(reason: str) -> dict[str, Any]:
    now = timezone.now()
    return {"revoked_at": now, "revoke_reason": reason, "updated_at": now}


def _announce_end(session: AbstractSession, values: dict[str, Any]) -> None:
    vars(session).update(values)
    facts = {
        "user": session.user,
        "session": session,
        "reason": session.revoke_reason,
    }
    signals.announce(signals.session_ended, type(session), **facts)


def end_sessions(
    user: AbstractBaseUser, reason: str, *, but: UUID | None = None
) -> int:
    """End all sessions of ``user``, except ``but`` if given; return how many.

    Impersonations end, too: of the user, and those that the user has begun.

    Call this in a transaction. The query also locks the user row, as do signing in and
    every other write to several sessions, so that two of them cannot deadlock.
    """
    impersonations.end_all(user, reason)
    rows = live(user).exclude(pk=but) if but else live(user)
    return end_each([*rows.select_for_update(**_user_alone())], reason)


def carry_over(user: AbstractBaseUser, former_password: str) -> None:
    """Keep the sessions of ``user`` valid after the same password was rehashed."""
    rows = session_model()._base_manager.filter(user_id=user.pk, revoked_at=None)
    rows.filter(auth_hash=password_version(former_password)).update(
        auth_hash=password_version(user.password)
    )


def password_version(encoded: str | None) -> str:
    """Return a digest of the stored password hash, to detect that it changed."""
    return hashlib.sha256((encoded or "").encode()).hexdigest()


def live(user: AbstractBaseUser) -> SessionQuerySet:
    """Return the sessions of ``user`` that have neither ended nor expired."""
    rows = session_model().objects.select_related("user")
    return rows.of(user).live_at(timezone.now())


def _user_alone() -> dict[str, Any]:
    """Return ``select_for_update`` options to lock only the user row, if supported."""
    features = connections[accounts_database()].features
    of = ("user",) if features.has_select_for_update_of else ()
    return {"of": of, "no_key": has_no_key_locks()}


def has_no_key_locks() -> bool:
    """Return whether a user can be locked without blocking new rows about the user."""
    features = connections[accounts_database()].features
    return bool(features.has_select_for_no_key_update)


def idle_deadline(now: datetime, expires_at: datetime) -> datetime:
    """Return when a session that is used now expires if it is not used again."""
    return min(now + conf.IDLE_LIFETIME, expires_at)


def _seconds(now: datetime, until: datetime) -> int:
    return max(0, int((as_utc(until) - as_utc(now)).total_seconds()))
