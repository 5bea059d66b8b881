"""Is this the password of that account? Always at the cost of one hash.

Attempts are counted before they cost it. Signing in counts by account, network and for
everybody; asking again within a session counts by session, so whoever fills the counter
of an account from outside keeps nobody out of a session they have. A wrong password
there counts for signing in as well: a stolen session is no place to guess in.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.db import transaction

from starterkit_auth.conf import conf
from starterkit_auth.errors import NoPassword, WrongPassword
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import addresses, challenges, passwords, sessions
from starterkit_core.errors import RateLimited
from starterkit_core.services.limits import Limit, consume, forget
from starterkit_core.utils.emails import canonical_email

logger = logging.getLogger("starterkit.auth")


def is_password_of(user: AbstractBaseUser | None, password: str) -> bool:
    """Say whether ``password`` is right; without a user it takes as long to say no.

    Django does the same for accounts without a usable password. When it stores the
    password anew, with today's parameters, sessions and challenges go on.
    """
    if user is None:
        make_password(password)
        return False
    outdated = passwords.is_outdated(user.password)
    with _password_locked(user) if outdated else nullcontext():
        stored = user.password
        right = user.check_password(password)
        if user.password != stored:
            sessions.carry_over(user, stored)
            challenges.carry_over(user, stored)
    return right


def check_again(session: AbstractSession, password: str) -> None:
    """Refuse unless ``password`` is that of the person in ``session``.

    Call it outside a transaction: what is counted and upgraded survives a refusal.

    Raises:
        NoPassword: the account has none, so it cannot be asked for.
        RateLimited: too many attempts in this session.
        WrongPassword: it is not theirs.
        ServiceUnavailable: the cache that counts is down.
    """
    if not session.user.has_usable_password():
        raise NoPassword
    _count_in(session)
    if not is_password_of(session.user, password):
        _count_as_sign_in(session.user)
        raise WrongPassword
    forget(_session_limit(), str(session.pk))


def account_limit() -> Limit:
    """Return how often one account may be tried; its key is the canonical address."""
    return Limit.parse("sign_in.account", conf.SIGN_IN_ACCOUNT_LIMIT)


@contextmanager
def _password_locked(user: AbstractBaseUser) -> Iterator[None]:
    """Read the password again, and let nobody write another one meanwhile.

    What Django stores anew would otherwise replace one that was set since.
    """
    with transaction.atomic():
        rows = type(user)._base_manager.select_for_update().filter(pk=user.pk)
        user.password = rows.values_list("password", flat=True).first() or ""
        yield


def _session_limit() -> Limit:
    return Limit.parse("sign_in.session", conf.SIGN_IN_ACCOUNT_LIMIT)


def _count_in(session: AbstractSession) -> None:
    try:
        consume(_session_limit(), str(session.pk))
    except RateLimited:
        logger.warning("auth.password_limited in session %s", session.pk)
        raise


def _count_as_sign_in(user: AbstractBaseUser) -> None:
    """Count a failure for the account; without an address nobody signs in to it."""
    with suppress(RateLimited, ValueError):
        consume(account_limit(), canonical_email(addresses.mailbox_of(user)))
