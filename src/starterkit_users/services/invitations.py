"""Invitations: the token of each, and the account that waits for its owner.

An account waits while it is closed and was never used. In a user model with a status
that is ``invited``; in another one, an inactive account with an open invitation.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.utils import timezone
from django.utils.functional import lazy

from starterkit_core.addresses import canonical_email
from starterkit_core.db.databases import accounts_database, rows_of, transaction_of
from starterkit_core.services.mailed_tokens import TokenKind
from starterkit_core.utils.emails import canonical_spelling
from starterkit_core.utils.salts import new_salt
from starterkit_core.utils.secrets import Secret
from starterkit_users.conf import conf
from starterkit_users.models import AbstractInvitation, Ending, invitation_model
from starterkit_users.models.lifecycle import Status, fresh
from starterkit_users.services import lifecycle, user_rows

TOKENS = TokenKind(prefix="skn_", purpose="starterkit_users.invitation")


def permission(act: str) -> Any:
    """Return the permission of Django to ``act`` on invitations, lazily."""

    def name() -> str:
        options = invitation_model()._meta
        return f"{options.app_label}.{act}_{options.model_name}"

    return lazy(name, str)()


def all_invitations() -> "QuerySet[AbstractInvitation]":
    """Return all invitations, from where they are written."""
    return rows_of(invitation_model())


def find(invitation_id: UUID) -> AbstractInvitation | None:
    """Return the invitation with this id, or None."""
    return all_invitations().filter(pk=invitation_id).first()


def lock(invitation_id: UUID) -> tuple[AbstractInvitation | None, Any]:
    """Return the invitation as saved and its account, both locked, or None for each.

    The account is locked first, as by every other change of it.
    """
    found = find(invitation_id)
    users = user_rows.all_users().select_for_update()
    user = users.filter(pk=found.user_id).first() if found else None
    rows = all_invitations().select_for_update().filter(pk=invitation_id)
    return rows.first(), user


def open_of(user: AbstractBaseUser) -> AbstractInvitation | None:
    """Return the invitation of ``user`` that is not answered, perhaps expired."""
    rows = all_invitations().filter(user_id=user.pk, ending=Ending.OPEN)
    return rows.order_by("-pk").first()


def fields_of(user: AbstractBaseUser, email: str, by: Any) -> dict[str, Any]:
    """Return the columns of a new invitation."""
    return {
        "user_id": user.pk,
        "address": email,
        "invited_by_id": by and by.pk,
        "expires_at": timezone.now() + conf.INVITATION_LIFETIME,
    }


def renew(invitation: AbstractInvitation) -> None:
    """Save a new token and a new end of a locked invitation; the former is void."""
    now = timezone.now()
    invitation.salt = new_salt()
    invitation.mails += 1
    invitation.mailed_at = now
    invitation.expires_at = now + conf.INVITATION_LIFETIME
    invitation.save(
        update_fields=["salt", "mails", "mailed_at", "expires_at", "updated_at"]
    )


def end(invitation: AbstractInvitation, ending: Ending) -> None:
    """Save the answer to a locked invitation."""
    invitation.ending = ending
    invitation.ended_at = timezone.now()
    invitation.save(update_fields=["ending", "ended_at", "updated_at"])


def token_of(invitation: AbstractInvitation) -> Secret:
    """Return the token of the last mail."""
    return TOKENS.token(invitation.pk, bytes(invitation.salt), _bound_to(invitation))


def find_by_token(token: str) -> AbstractInvitation | None:
    """Return the open invitation of this token, or None.

    The work is the same for every token, also for one that is malformed.
    """
    found = find(TOKENS.id_in(token) or uuid4())
    row = found or invitation_model()(salt=new_salt(), expires_at=timezone.now())
    return found if is_token_of(row, token) else None


def is_token_of(invitation: AbstractInvitation, token: str) -> bool:
    """Return whether ``token`` opens the invitation now."""
    bound = _bound_to(invitation)
    is_right = TOKENS.is_token(token, invitation.pk, bytes(invitation.salt), bound)
    return is_right and invitation.state == Ending.OPEN


def is_for(invitation: AbstractInvitation, user: AbstractBaseUser | None) -> bool:
    """Return whether ``user`` waits, and still has the address of the invitation."""
    if user is None or not is_waiting(user):
        return False
    address = getattr(user, user.get_email_field_name(), "")
    return _key(address) == _key(invitation.address)


def is_waiting(user: AbstractBaseUser) -> bool:
    """Return whether the account is closed until its invitation is accepted.

    In a model without a status it has no password and was never used: one that an
    administrator suspended since does not wait. Where accounts cannot be closed, the
    password alone tells.
    """
    if lifecycle.has_status():
        return lifecycle.status_of(user) == Status.INVITED
    is_closed = not (lifecycle.can_close() and user.is_active)
    was_used = user.has_usable_password() or user.last_login is not None
    return is_closed and not was_used


def was_never_taken_over(user: AbstractBaseUser) -> bool:
    """Return whether the account was made by an invitation that has ended since.

    In a user model without a status that cannot be told from a closed account.
    """
    return lifecycle.has_status() and is_waiting(user)


def close_until_accepted(user: Any, *, by: AbstractBaseUser | None) -> None:
    """Set the columns by which an unsaved account waits for its owner."""
    columns = fresh(Status.INVITED, by="" if by is None else str(by.pk))
    known = {field.name for field in user._meta.concrete_fields}
    for name in columns:  # in this order: one of them sets others
        if name in known:
            setattr(user, name, columns[name])


def open_account(user: Any) -> None:
    """Save that the owner has taken over the locked account, with what was set."""
    user.save()
    lifecycle.change(user, Status.ACTIVE, by=user)


def delete_account(invitation: AbstractInvitation, user: Any) -> bool:
    """Delete the account of a locked invitation, which was never used.

    False if rows of the project protect it: then it stays, closed. So it does once it
    is in use.
    """
    if not is_waiting(user):
        return False
    try:
        with transaction_of(accounts_database()):
            invitation.user = None
            invitation.save(update_fields=["user", "updated_at"])
            user.delete(using=accounts_database())
    except (ProtectedError, RestrictedError):
        invitation.user_id = user.pk
        return False
    return True


def _bound_to(invitation: AbstractInvitation) -> str:
    # Not by the rule of the project: tokens in mails stay valid when that changes.
    return f"{invitation.user_id} {_by(canonical_spelling, invitation.address)}"


def _key(address: str) -> str:
    return _by(canonical_email, address)


def _by(form: Callable[[str], str], address: str) -> str:
    try:
        return form(address or "")
    except ValueError:
        return ""
