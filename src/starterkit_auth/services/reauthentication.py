"""How recently the user of a session proved their identity.

Signing in, confirming an address and stepping up are proofs; renewing tokens is not.
A proof belongs to the session, so it counts for all its tokens that have not expired.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.errors import SessionEnded, StepUpRequired
from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.services import password_check
from starterkit_auth.services.sessions import password_version
from starterkit_core.utils.moments import between
from starterkit_core.utils.salts import new_salt


def is_fresh(session: AbstractSession, max_age: timedelta) -> bool:
    """Return whether the last proof is at most ``max_age`` old."""
    return between(session.authenticated_at, timezone.now()) <= max_age


def refusal(user: AbstractBaseUser, max_age: timedelta) -> StepUpRequired:
    """Return the error that tells ``user`` how to give a proof within ``max_age``."""
    how = "password" if password_check.can_be_asked(user) else "sign_in"
    seconds = int(max_age.total_seconds())
    return StepUpRequired(facts={"max_age": seconds, "how": how})


def renew(session: AbstractSession) -> AbstractSession:
    """Save a proof, and return the session with the next generation of tokens.

    Tokens that are new and unused stay the newest: a concurrent request has just
    issued them, and the client may get only its response.

    Raises:
        SessionEnded: the session has just ended.
    """
    locked, now = _locked(session), timezone.now()
    if _has_unused_tokens(locked, now):
        return _save(locked, now, {"generation": locked.generation})
    return _save(locked, now, _next_generation(locked, now))


def renew_under(session: AbstractSession, user: AbstractBaseUser) -> AbstractSession:
    """Save a proof and the new password of ``user``; former tokens are void at once.

    The generation is increased too, so that a concurrent renewal that has read the
    former salt fails.

    Raises:
        SessionEnded: the session has just ended.
    """
    locked, now = _locked(session), timezone.now()
    locked.user = user  # type: ignore[assignment]  # any user model
    values = {"salt": new_salt(), "auth_hash": password_version(user.password)}
    return _save(locked, now, values | _next_generation(locked, now))


def _locked(session: AbstractSession) -> AbstractSession:
    rows = session_model()._base_manager.select_for_update()
    locked = rows.filter(pk=session.pk).first()
    if locked is None or not locked.is_live_at(timezone.now()):
        raise SessionEnded
    locked.user = session.user
    return locked


def _has_unused_tokens(session: AbstractSession, now: datetime) -> bool:
    used = session.confirmed_generation == session.generation
    made_at = session.rotated_at or session.created_at
    return not used and between(made_at, now) <= conf.REFRESH_GRACE


def _next_generation(session: AbstractSession, now: datetime) -> dict[str, Any]:
    return {
        "generation": session.generation + 1,
        "confirmed_generation": session.generation,
        "rotated_at": now,
    }


def _save(
    session: AbstractSession, now: datetime, values: dict[str, Any]
) -> AbstractSession:
    """Save ``values`` with the proof, and return the session with them."""
    values |= {"authenticated_at": now, "last_seen_at": now, "updated_at": now}
    session_model()._base_manager.filter(pk=session.pk).update(**values)
    vars(session).update(values)
    return session
