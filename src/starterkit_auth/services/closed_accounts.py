"""Which accounts are closed: no user signs in to them until they are opened again.

A user whom the default manager hides is not closed: it may hide them in some requests
only, such as those of another tenant.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from starterkit_auth.models import Challenge, PendingRegistration, session_model
from starterkit_core.db.databases import rows_of


def has_state() -> bool:
    """Return whether the user model has the column; a project may compute it."""
    fields = get_user_model()._meta.concrete_fields
    return any(field.name == "is_active" for field in fields)


def with_access_left() -> "QuerySet[Any]":
    """Return the inactive users who have an open session, or were mailed a way in."""
    owned = {"user": OuterRef("pk")}
    sessions = rows_of(session_model()).filter(**owned, revoked_at=None)
    live = sessions.filter(expires_at__gt=timezone.now())
    unanswered = Challenge.objects.open().exclude(
        purpose=Challenge.Purpose.EMAIL_REVERSAL
    )
    pending = PendingRegistration.objects.filter(**owned)
    left = Exists(live) | Exists(unanswered.filter(**owned)) | Exists(pending)
    return rows_of(get_user_model()).filter(left, is_active=False)
