"""Challenges that undo an address change: the way back to a former address.

An attacker who takes over an account changes its address first. So the former address
gets a mail with a link that undoes the change. The link is valid for
``EMAIL_REVERSAL_LIFETIME``; another password or a further change does not void it.

Only a proven address gets the link. Any other may be a typing mistake, and its reader a
stranger.

An attacker resets the password by the new address as easily as a rightful new owner
does, and we cannot tell them apart. So within ``UNCONTESTED`` the former address gets
the account back, whatever was done. Later, if the new address was proven again by a
reset, neither takes the account from the other: an undo closes it, and both are told.

An undo voids the links of all later addresses, so if owner and attacker undo each
other's changes, the first owner of the account keeps it.
"""

from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_auth.models import Challenge
from starterkit_auth.services import challenges, events
from starterkit_auth.services.purposes import Purpose
from starterkit_core.addresses import canonical_email
from starterkit_core.utils.moments import between

UNCONTESTED = timedelta(days=2)
"""How long after a change its undo needs no decision of an administrator."""


def open_way_back(user: AbstractBaseUser, former: str, *, undo: bool) -> Challenge:
    """Save the way back to ``former``; without ``undo`` it is void from the start."""
    challenge = challenges.add_challenge(
        user, former, Purpose.EMAIL_REVERSAL, target=former
    )
    if not undo:
        void_since(challenge)
    return challenge


def way_back_to(user: AbstractBaseUser, address: str) -> Challenge | None:
    """Return the open way back of ``user`` to ``address``, or None."""
    open_ones = Challenge.objects.with_link_at(timezone.now())
    own = open_ones.filter(user_id=user.pk, purpose=Purpose.EMAIL_REVERSAL)
    key = canonical_email(address)
    # Compared here: one that was opened before the rule of the project has another key.
    same = (it for it in own.order_by("id") if canonical_email(it.address_key) == key)
    return next(same, None)


def is_disputed(challenge: Challenge) -> bool:
    """Return whether the undo comes late, and the new address was proven by a reset."""
    made = challenge.created_at
    late = between(made, timezone.now()) > UNCONTESTED
    return late and events.has_happened("auth.password_reset", challenge.user, made)


def void_of(user: AbstractBaseUser) -> int:
    """Void every way back of ``user``, and return how many were open."""
    now = timezone.now()
    own = Challenge.objects.filter(user_id=user.pk, purpose=Purpose.EMAIL_REVERSAL)
    return own.open().update(superseded_at=now, updated_at=now)


def void_since(challenge: Challenge) -> None:
    """Void this way back and all later ones; ids are ordered by time."""
    now = timezone.now()
    own = Challenge.objects.filter(
        user_id=challenge.user_id, purpose=Purpose.EMAIL_REVERSAL
    )
    since = own.filter(pk__gte=challenge.pk).open()
    since.update(superseded_at=now, updated_at=now)
