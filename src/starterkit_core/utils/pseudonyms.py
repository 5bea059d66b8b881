"""What stays of a user's id when the user is forgotten."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import salted_hmac


def pseudonym(user: AbstractBaseUser, purpose: str) -> str:
    """Return a keyed hash of the user's id, 64 characters long.

    With its secret key, only the project can tell later whether a row was about a given
    id; rows of two purposes cannot be linked without it.
    """
    digest = salted_hmac(purpose, str(user.pk), algorithm="sha256")
    return digest.hexdigest()
