"""Challenges that undo an address change: the way back to a former address.

An attacker who takes over an account changes its address first. So the former address
gets a mail with a link that undoes the change. The link is valid for
``EMAIL_REVERSAL_LIFETIME``; another password or a further change does not void it.

Only a proven address gets the link. Any other may be a typing mistake, and its reader a
stranger.

An undo voids the links of all later addresses, so if owner and attacker undo each
other's changes, the first owner of the account keeps it.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_auth.models import Challenge
from starterkit_auth.services import challenges
from starterkit_auth.services.purposes import Purpose
from starterkit_core.utils.emails import canonical_email


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
    return own.filter(address_key=canonical_email(address)).order_by("id").first()


def void_of(user: AbstractBaseUser) -> None:
    """Void every way back of ``user``."""
    own = Challenge.objects.filter(user_id=user.pk, purpose=Purpose.EMAIL_REVERSAL)
    own.open().update(superseded_at=timezone.now(), updated_at=timezone.now())


def void_since(challenge: Challenge) -> None:
    """Void this way back and all later ones; ids are ordered by time."""
    now = timezone.now()
    own = Challenge.objects.filter(
        user_id=challenge.user_id, purpose=Purpose.EMAIL_REVERSAL
    )
    since = own.filter(pk__gte=challenge.pk).open()
    since.update(superseded_at=now, updated_at=now)
