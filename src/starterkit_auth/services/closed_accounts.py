"""Closed accounts, to which no user signs in until they are opened again.

A user whom the default manager hides is not closed: it may hide them in some requests
only, such as those of another tenant.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from starterkit_auth.models import Challenge, PendingRegistration, session_model
from starterkit_auth.services import addresses
from starterkit_core.db.databases import rows_of
from starterkit_core.errors import AccountDeleted


def lock(user: AbstractBaseUser) -> AbstractBaseUser:
    """Return the account as saved, also a hidden one, locked in the open transaction.

    Raises:
        AccountDeleted: there is none any more.
    """
    saved = addresses.lock_any(user.pk)
    if saved is None:
        raise AccountDeleted
    return saved


def close(user: AbstractBaseUser) -> None:
    """Save that it is inactive; ``suspension`` ends all access to it."""
    _save(user, is_active=False)


def reopen(user: AbstractBaseUser) -> None:
    """Save that it is active; ``suspension`` first ends what access is left."""
    _save(user, is_active=True)


def has_state() -> bool:
    """Return whether the user model has the column; a project may compute it."""
    fields = get_user_model()._meta.concrete_fields
    return any(field.name == "is_active" for field in fields)


def with_access_left() -> "QuerySet[Any]":
    """Return the inactive users who have an open session, challenge or proof."""
    owned = {"user": OuterRef("pk")}
    sessions = rows_of(session_model()).filter(**owned, revoked_at=None)
    live = sessions.filter(expires_at__gt=timezone.now())
    challenges = Challenge.objects.filter(**owned).open()
    unanswered = challenges.exclude(purpose=Challenge.Purpose.EMAIL_REVERSAL)
    proofs = PendingRegistration.objects.filter(**owned)
    users = rows_of(get_user_model()).filter(is_active=False)
    return users.filter(Exists(live) | Exists(unanswered) | Exists(proofs))


def _save(user: AbstractBaseUser, *, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])  # type: ignore[misc]  # of the project's model
