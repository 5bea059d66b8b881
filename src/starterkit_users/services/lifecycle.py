"""The state of an account, for any user model.

A model without the columns knows two states: active and suspended, by ``is_active``.
"""

from datetime import datetime
from typing import Any

from starterkit_core.signals import announce, status_changed
from starterkit_users.errors import UserNotFound, WrongStatus
from starterkit_users.models import Erasure
from starterkit_users.models.lifecycle import (
    CLOSED,
    COLUMNS,
    LEFT,
    Status,
    fresh,
    has_ended,
)
from starterkit_users.services import user_rows


def has_status() -> bool:
    """Return whether the user model has the columns of the state."""
    return {*COLUMNS} <= user_rows.model_columns().keys()


def can_close() -> bool:
    """Return whether accounts can be closed: a project may compute ``is_active``."""
    return "is_active" in user_rows.model_columns()


def status_of(user: Any) -> Status:
    """Return the state; a suspension that has ended is active.

    SQL by hand may set ``is_active`` alone, and then ``is_active`` counts.
    """
    saved = Status(getattr(user, "status", Status.ACTIVE))
    if user.is_active:
        return Status.ACTIVE if saved in CLOSED or has_ended(user) else saved
    return saved if saved in CLOSED else Status.SUSPENDED


def is_erased(user: Any) -> bool:
    """Return whether the row is what an erasure has left: no act reaches it any more.

    Of a model without the columns, an inactive account without a password may be one.
    """
    if has_status():
        return status_of(user) == Status.ERASED
    if (can_close() and user.is_active) or user.has_usable_password():
        return False
    return Erasure.objects.filter(account_id=str(user.pk)).exists()


def lock(user_id: str) -> Any:
    """Return the user with this id as saved, also a hidden one, locked.

    The lock ends with the open transaction. An act that may close the account of a
    superuser asks ``ranks.lock_subject()`` instead.

    Raises:
        UserNotFound: there is none, or the account was erased.
    """
    found = user_rows.find(user_id, locked=True)
    if found is None or is_erased(found):
        raise UserNotFound
    return found


def require(user: Any, *allowed: Status) -> None:
    """Refuse an act on an account that is in none of the ``allowed`` states.

    Raises:
        WrongStatus: it is in another one.
    """
    if (status := status_of(user)) not in allowed:
        raise WrongStatus(facts={"account_status": status})


def has_left(user: Any) -> bool:
    """Return whether the owner switched the account off, or is about to delete it."""
    return has_status() and status_of(user) in LEFT


def may_leave(user: Any) -> bool:
    """Return whether the owner may delete the account: no administrator closed it."""
    return status_of(user) in {Status.ACTIVE, Status.DEACTIVATED}


def change(
    user: Any,
    status: Status,
    *,
    by: Any = None,
    reason: str = "",
    until: datetime | None = None,
) -> Status:
    """Save the state of a locked user, announce it, and return the former one.

    ``by`` is the user who decided, or None. ``reason`` has at most 500 characters.
    A model without the columns saves ``is_active`` alone.
    """
    former, actor = status_of(user), "" if by is None else str(by.pk)
    columns = fresh(status, by=actor, reason=reason, until=until)
    saved = [name for name in columns if name in user_rows.model_columns()]
    for name in saved:
        setattr(user, name, columns[name])
    dated = ["updated_at"] if "updated_at" in user_rows.model_columns() else []
    user.save(update_fields=[*saved, *dated])
    facts = {"user": user, "former": former, "status": status}
    announce(status_changed, type(user), **facts)
    return former
