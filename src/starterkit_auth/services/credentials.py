"""Is this the password of that account? Always at the cost of one hash."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.db import transaction

from starterkit_auth.services import challenges, sessions


def is_password_of(user: AbstractBaseUser | None, password: str) -> bool:
    """Say whether ``password`` is right; without a user it takes as long to say no.

    Django does the same for accounts without a usable password. When it stores the
    password anew, with today's parameters, sessions and challenges go on.
    """
    if user is None:
        make_password(password)
        return False
    stored = user.password
    with transaction.atomic():
        right = user.check_password(password)
        if user.password != stored:
            sessions.carry_over(user, stored)
            challenges.carry_over(user, stored)
    return right
