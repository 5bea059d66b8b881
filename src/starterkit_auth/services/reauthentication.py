"""How recently the person in a session proved who they are.

Signing in, confirming an address and stepping up are proofs; renewing tokens is none.
A proof is of the session, so it counts for each of its tokens that has not expired.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.errors import SessionEnded, StepUpRequired
from starterkit_auth.models import AbstractSession, session_model
from starterkit_auth.services.sessions import password_version
from starterkit_auth.utils.salts import new_salt


def is_fresh(session: AbstractSession, max_age: timedelta) -> bool:
    """Say whether the last proof is no older than ``max_age``."""
    return timezone.now() - session.authenticated_at <= max_age


def refusal(user: AbstractBaseUser, max_age: timedelta) -> StepUpRequired:
    """Return the refusal that tells ``user`` how to prove it within ``max_age``."""
    how = "password" if user.has_usable_password() else "sign_in"
    seconds = int(max_age.total_seconds())
    return StepUpRequired(facts={"max_age": seconds, "how": how})


def renew(session: AbstractSession) -> AbstractSession:
    """Save a proof, and return the session with the next generation of tokens.

    Tokens that are new and unused stay the newest: another request has just made them,
    and its answer may be the one that arrives.

    Raises:
        SessionEnded: it ended meanwhile.
    """
    locked, now = _locked(session), timezone.now()
    if _has_unused_tokens(locked, now):
        return _save(locked, now, {"generation": locked.generation})
    return _save(locked, now, _next_generation(locked, now))


def renew_under(session: AbstractSession, user: AbstractBaseUser) -> AbstractSession:
    """Save a proof and the new password of ``user``; former tokens are dead at once.

    The generation moves, too, so that no renewal that has already read the former salt
    can follow.

    Raises:
        SessionEnded: it ended meanwhile.
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
    return not used and now - made_at <= conf.REFRESH_GRACE


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
