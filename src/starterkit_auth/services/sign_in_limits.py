"""Limits on checking passwords, the same at every door.

An attempt counts for the account, for the network and globally, before its password is
hashed. An account has two limits. The short one starts anew after a success. The long
one counts failures, whatever succeeds in between, and only a reset by mail clears it.

When those of the account are used up, a known device has two of its own: a client that
presents a token of a session that the account has or had. So an attacker can keep
strangers out of an account, but not the devices of its owner.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from starterkit_auth.conf import conf
from starterkit_auth.models import AbstractSession
from starterkit_auth.services import addresses, sessions
from starterkit_auth.services.tokens import parse
from starterkit_core.errors import RateLimited
from starterkit_core.services.limits import (
    Counted,
    Limit,
    clear_all,
    consume_all,
    forget,
    forget_after_commit,
    give_back,
    give_back_all,
)
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import network_of
from starterkit_core.utils.secrets import Secret

logger = logging.getLogger("starterkit.auth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An attempt that was let in, and the limits it counts under."""

    short: Counted
    long: Counted
    around: tuple[Counted, ...] = ()
    """The limits of the network and of all clients."""

    @property
    def counted(self) -> tuple[Counted, ...]:
        """The limits of the account, then those around."""
        return (self.short, self.long, *self.around)

    def succeed(self) -> None:
        """Forget recent attempts on the account; this one has not failed."""
        forget(*self.short)
        give_back(*self.long)

    def succeed_unseen(self) -> None:
        """Do the same, and count the attempt for no network either."""
        self.succeed()
        give_back_all(self.around)


def count(key: str, client: Client, *, proofs: Iterable[Secret] = ()) -> Attempt:
    """Count an attempt to sign in to the account with the address ``key``.

    ``proofs`` are what the client presents as tokens of its former sessions.

    Raises:
        RateLimited: too many attempts, whether the account exists or not.
        ServiceUnavailable: the cache that counts is down.
    """
    around = _around(client)
    attempt = _attempt("account", key, around)
    try:
        consume_all(attempt.counted)
    except RateLimited:
        device = _known_device(key, proofs)
        if not device:
            logger.warning("auth.sign_in_limited from %s", network_of(client.address))
            raise
        attempt = _attempt("device", device, around)
        consume_all(attempt.counted)
    return attempt


def count_in(session_id: str) -> Attempt:
    """Count a check of the password within a session.

    Raises:
        RateLimited: too many checks in this session.
        ServiceUnavailable: the cache that counts is down.
    """
    attempt = _attempt("session", session_id)
    try:
        consume_all(attempt.counted)
    except RateLimited:
        logger.warning("auth.password_limited in session %s", session_id)
        raise
    return attempt


def count_with(registration_id: str) -> Attempt:
    """Count a password that comes with the link of a sign-up without an account.

    Raises:
        RateLimited: too many attempts.
        ServiceUnavailable: the cache that counts is down.
    """
    return _counted(_attempt("registration", registration_id))


def count_for(key: str) -> Attempt:
    """Count a password that comes with the link of a mail to the account of ``key``.

    Raises:
        RateLimited: too many attempts.
        ServiceUnavailable: the cache that counts is down.
    """
    return _counted(_attempt("account", key))


def count_failure(key: str) -> None:
    """Count a wrong password that was sent elsewhere, as far as there is room.

    Raises:
        ServiceUnavailable: the cache that counts is down.
    """
    attempt = _attempt("account", key)
    for counted in attempt.counted:
        with suppress(RateLimited):
            consume_all([counted])


def succeed(key: str) -> None:
    """Forget recent attempts on an account, the last of which was no failure."""
    _attempt("account", key).succeed()


def forget_failures(key: str) -> None:
    """Let the owner of the mailbox sign in at once, after the commit."""
    attempt = _attempt("account", key)
    forget_after_commit(*attempt.short)
    forget_after_commit(*attempt.long)


def clear(key: str) -> None:
    """Forget every attempt on an account.

    Raises:
        ServiceUnavailable: the cache that counts is down.
    """
    clear_all(_attempt("account", key).counted)


def _counted(attempt: Attempt) -> Attempt:
    consume_all(attempt.counted)
    return attempt


def _attempt(scope: str, key: str, around: tuple[Counted, ...] = ()) -> Attempt:
    short = Limit.parse(f"sign_in.{scope}", conf.SIGN_IN_ACCOUNT_LIMIT)
    long = Limit.parse(f"sign_in.{scope}.failures", conf.SIGN_IN_FAILURE_LIMIT)
    return Attempt(short=(short, key), long=(long, key), around=around)


def _around(client: Client) -> tuple[Counted, ...]:
    network = Limit.parse("sign_in.network", conf.SIGN_IN_NETWORK_LIMIT)
    in_all = Limit.parse("sign_in.global", conf.SIGN_IN_GLOBAL_LIMIT)
    return (network, network_of(client.address)), (in_all, "")


def _known_device(key: str, proofs: Iterable[Secret]) -> str:
    """Return what attempts with a token of this account count under, or ``""``.

    That is the id of its session, or of all those with a former password together: an
    attacker who knew it may have any number of their tokens.

    Its token may be retired or expired: it opens no session. An attacker who stole one
    gains as many guesses as the limits allow, and keeps no owner out.
    """
    for token in filter(None, map(parse, proofs)):
        session = sessions.find(token)
        if session and addresses.key_of(session.user) == key:
            return str(session.pk) if _is_up_to_date(session) else f"former {key}"
    return ""


def _is_up_to_date(session: AbstractSession) -> bool:
    """Return whether it was opened with the password that the account has now."""
    return session.auth_hash == sessions.password_version(session.user.password)
