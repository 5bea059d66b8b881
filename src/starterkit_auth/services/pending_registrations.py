"""Registrations that wait for the proof of their address.

A proof takes two things: what was mailed, and what only the client of this very
registration has. So neither a client that signs up with the address of another person
gets what that person confirms, nor does that person get what the client chose.

A code has six digits, so tries are counted, each before the code is checked. A link has
256 bits and needs no counting.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import (
    challenge_secrets,
    challenges,
    hidden_users,
    kept_values,
    keys,
)
from starterkit_auth.services.sessions import password_version
from starterkit_core.addresses import canonical_email
from starterkit_core.db._statements import insert
from starterkit_core.db.compiled_query import CompiledGet
from starterkit_core.db.conflicts import retried
from starterkit_core.utils.client import Client

_by_id = CompiledGet[PendingRegistration](
    lambda pk: PendingRegistration.objects.select_related("user").filter(pk=pk)
)


def add(
    address: str, *, encoded: str, extra: Mapping[str, Any], client: Client
) -> PendingRegistration:
    """Save a sign-up with the hash of its password; the caller sends the mail."""
    return _inserted(
        address=address,
        password=encoded,
        auth_hash=password_version(encoded),
        extra=kept_values.dumped(extra),
        client=asdict(replace(client, request=None)),
    )


def open_for(user: AbstractBaseUser, address: str) -> PendingRegistration:
    """Return the row by which ``user``, who is locked, proves ``address``.

    A former one for another address or password is replaced.
    """
    former = of_user(user, address)
    if former is not None:
        return former
    PendingRegistration.objects.filter(user_id=user.pk).delete()
    version = password_version(user.password)
    return _inserted(user_id=user.pk, address=address, auth_hash=version, mails=0)


def of_user(user: AbstractBaseUser, address: str) -> PendingRegistration | None:
    """Return the row by which ``user`` proves ``address``, or None."""
    rows = PendingRegistration.objects.filter(
        user_id=user.pk,
        address_key=canonical_email(address),
        auth_hash=password_version(user.password),
    )
    return rows.filter(link_expires_at__gt=timezone.now()).first()


def find(pending_id: Any) -> PendingRegistration | None:
    """Return the registration with its user, or None if it is over."""
    pending = _by_id.get(pending_id)
    is_open = pending and timezone.now() < pending.link_expires_at
    return pending if is_open else None


def find_own(registration_token: str) -> PendingRegistration | None:
    """Return the registration whose client got this token, or None."""
    pending = _find_by(registration_token)
    if pending is None or not challenge_secrets.is_registration_token_of(
        pending, registration_token
    ):
        return None
    return None if _is_denied(pending) else pending


def find_by_link(token: str) -> PendingRegistration | None:
    """Return the registration whose newest mail has this link, or None."""
    pending = _find_by(token)
    if pending is None or not challenge_secrets.is_link_token_of(pending, token):
        return None
    return None if _is_denied(pending) else pending


def lock(pending: PendingRegistration) -> PendingRegistration | None:
    """Return the registration as saved, locked; None if it is gone."""
    rows = PendingRegistration.objects.select_for_update()
    return rows.filter(pk=pending.pk).first()


def has_cooled_down(pending: PendingRegistration) -> bool:
    """Return whether the last mail is older than ``RESEND_COOLDOWN``, or none sent."""
    since = timezone.now() - conf.RESEND_COOLDOWN
    return not pending.mails or pending.mailed_at <= since


def renew(pending: PendingRegistration) -> None:
    """Give ``pending``, which is locked, a new code and link; the former are void."""
    pending.mails += 1
    pending.attempts = 0
    vars(pending).update(_times())
    pending.save()


def check_code(pending: PendingRegistration, code: str) -> None:
    """Refuse unless ``code`` was mailed; call this outside a transaction.

    Each call uses up one try, and a later rollback must not undo that.

    Raises:
        InvalidConfirmation: it is wrong, too old, or was tried too often.
    """
    is_right = _count_attempt(pending) and challenge_secrets.is_code_of(pending, code)
    if not is_right:
        raise InvalidConfirmation


def take(pending: PendingRegistration) -> None:
    """Delete ``pending``, and all others of its address that make an account.

    The locks make concurrent proofs of one address wait for each other; then one finds
    its own row, and the others find none.

    Raises:
        InvalidConfirmation: another one was faster.
    """
    rows = PendingRegistration.objects.filter(address_key=pending.address_key)
    waiting = rows.filter(user=None).select_for_update().order_by("pk")
    found = [*waiting.values_list("pk", flat=True)]
    if pending.pk not in found:
        raise InvalidConfirmation
    PendingRegistration.objects.filter(pk__in=found).delete()


def forget(user: AbstractBaseUser) -> None:
    """Delete the proof that the account of ``user`` waits for, if any."""
    PendingRegistration.objects.filter(user_id=user.pk).delete()


def close(user: AbstractBaseUser) -> None:
    """Delete the row by which ``user`` proves an address.

    Raises:
        InvalidConfirmation: another request was faster.
    """
    deleted, _ = PendingRegistration.objects.filter(user_id=user.pk).delete()
    if not deleted:
        raise InvalidConfirmation


def client_of(pending: PendingRegistration, now: Client) -> Client:
    """Return the client that signed up; ``now`` is the one that proves the address."""
    return Client(**{**pending.client, "request": now.request})


def _find_by(token: str) -> PendingRegistration | None:
    """Return the registration that ``token`` names, not verified, or None."""
    pending_id = challenge_secrets.id_in(token)
    return find(pending_id) if pending_id else None


def _is_denied(pending: PendingRegistration) -> bool:
    """Return whether there is an account that is closed or hidden."""
    if pending.user is None:
        return False
    return challenges.was_closed(pending) or hidden_users.is_hidden(pending.user)


def _inserted(*, address: str, **values: Any) -> PendingRegistration:
    pending = PendingRegistration(
        address=address,
        address_key=canonical_email(address),
        key_id=keys.signing_key().id.hex(),
        **_times(),
        **values,
    )
    insert(pending)
    return pending


def _times() -> dict[str, Any]:
    """Return when a mail of this moment was sent, and until when it works."""
    now = timezone.now()
    return {
        "mailed_at": now,
        "expires_at": now + conf.CODE_LIFETIME,
        "link_expires_at": now + conf.LINK_LIFETIME,
    }


def _count_attempt(pending: PendingRegistration) -> bool:
    """Use up one try of the newest code, atomically; False if none is left."""
    now = timezone.now()
    with_tries = PendingRegistration.objects.filter(
        pk=pending.pk,
        mails=pending.mails,
        expires_at__gt=now,
        attempts__lt=conf.CODE_TRIES,
    )
    values = {"attempts": F("attempts") + 1, "updated_at": now}
    return retried(lambda: with_tries.update(**values)) == 1
