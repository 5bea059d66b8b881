"""Saves, finds and ends impersonations."""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models import AbstractSession, Impersonation
from starterkit_auth.services import hidden_users
from starterkit_auth.services.tokens import Kind, Token, mint
from starterkit_core.db._statements import insert, update
from starterkit_core.ports import impersonation
from starterkit_core.ports.impersonation import Begun
from starterkit_core.utils.moments import as_utc


def begin(
    user: AbstractBaseUser, impersonator: AbstractBaseUser, session: AbstractSession
) -> Impersonation:
    """Save a new one, for ``IMPERSONATION_LIFETIME`` or until ``session`` expires."""
    row = Impersonation(  # type: ignore[misc]  # any user model
        user=user,
        impersonator=impersonator,
        session_id=session.pk,
        expires_at=min(
            timezone.now() + conf.IMPERSONATION_LIFETIME, session.expires_at
        ),
    )
    insert(row)
    return row


def issue(row: Impersonation) -> Begun:
    """Return a live one with its token."""
    expires_at = as_utc(row.expires_at)
    seconds = int((expires_at - as_utc(timezone.now())).total_seconds())
    return Begun(
        id=row.pk,
        user=row.user,
        access_token=mint(Kind.IMPERSONATION, row, expires_at=expires_at),
        expires_in=max(0, seconds),
        expires_at=row.expires_at,
    )


def find(token: Token) -> Impersonation | None:
    """Return what ``token`` was made for, with its user; not whether it is valid."""
    if token.kind is not Kind.IMPERSONATION:
        return None
    rows = Impersonation.objects.select_related("user", "impersonator")
    row = rows.filter(pk=token.session_id).first()
    return row if row and token.is_made_for(row) else None


def may_go_on(row: Impersonation, session: AbstractSession) -> bool:
    """Return whether the owner of ``session`` still is its impersonator, and may be.

    A user whom the default manager of the user model hides is not active.
    """
    user, actor = row.user, session.user
    is_active = user.is_active and not hidden_users.is_hidden(user)
    is_theirs = session.user_id == row.impersonator_id
    return is_active and is_theirs and impersonation.may_impersonate(actor, user)


def open_by(impersonator: AbstractBaseUser) -> Impersonation | None:
    """Return what ``impersonator`` has begun and not ended, or None."""
    return Impersonation.objects.filter(
        _live_at(timezone.now()), impersonator_id=impersonator.pk
    ).first()


def end(row: Impersonation, reason: str) -> bool:
    """End it now; return False if it had ended before."""
    values = _ended_now(reason)
    return bool(update(Impersonation, {"pk": row.pk, "ended_at": None}, values))


def end_all(user: AbstractBaseUser, reason: str) -> int:
    """End those of ``user``, on either side; return how many there were."""
    rows = Impersonation.objects.filter(
        Q(user_id=user.pk) | Q(impersonator_id=user.pk), _live_at(timezone.now())
    )
    return rows.update(**_ended_now(reason))


def _live_at(now: datetime) -> Q:
    return Q(ended_at=None, expires_at__gt=now)


def _ended_now(reason: str) -> dict[str, Any]:
    now = timezone.now()
    return {"ended_at": now, "end_reason": reason, "updated_at": now}
