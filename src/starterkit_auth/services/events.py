"""This module's events in the audit log."""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.conf import conf
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.utils.client_address import coarse

ACTION_PREFIX = "auth."
"""Prefix of this module's actions."""


def conceal(event: AuditEvent) -> None:
    """Remove from ``event``, in memory, what the account owner may not see.

    The IP address is shortened as ``CLIENT_ADDRESS`` says. If another user acted, such
    as an administrator, address and user agent are emptied. A refused sign-in has no
    actor, so both are shown.
    """
    if event.impersonator_id or event.actor_id not in {"", event.subject_id}:
        event.address = event.user_agent = ""
    event.address = coarse(event.address, conf.CLIENT_ADDRESS)


def has_happened(action: str, user: AbstractBaseUser, since: datetime) -> bool:
    """Return whether the log has this action about ``user`` after ``since``."""
    events = AuditEvent.objects.filter(audit.about(user), action=action)
    return bool(events.filter(created_at__gt=since).exists())
