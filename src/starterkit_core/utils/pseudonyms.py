"""What stays of a user's id when the user is forgotten."""

from typing import Any

from django.conf import settings  # noqa: TID251  # the keys are Django's, not ours
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import salted_hmac


def pseudonym(user: AbstractBaseUser, purpose: str) -> str:
    """Return a keyed hash of the user's id, 64 characters long.

    With its secret key, only the project can tell later whether a row was about a given
    id; rows of two purposes cannot be linked without it.
    """
    return _hash(user.pk, purpose, settings.SECRET_KEY)


def possible_pseudonyms(user_id: Any, purpose: str) -> list[str]:
    """Return the pseudonym of an id, and those by each of ``SECRET_KEY_FALLBACKS``."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_hash(user_id, purpose, key) for key in keys]


def _hash(user_id: Any, purpose: str, secret: str | bytes) -> str:
    digest = salted_hmac(purpose, str(user_id), secret=secret, algorithm="sha256")
    return digest.hexdigest()
