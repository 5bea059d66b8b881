"""Challenges: a user answers one to prove that they read the mail of an address.

A code has six digits, so tries are counted, each before the code is checked: parallel
guesses get no more of them. A link has 256 bits and needs no counting; so an attacker
who guesses codes for another user's address does not void the link.

A challenge is bound to one purpose, account, address and password: a new password,
wherever it is set, voids it. Only an ``EMAIL_REVERSAL`` stays open (see
``services.reversals``).
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import Challenge, PendingRegistration
from starterkit_auth.services import addresses, challenge_secrets, keys, user_addresses
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.challenge_secrets import MailedSecret
from starterkit_auth.services.purposes import RULES, Purpose
from starterkit_auth.services.sessions import password_version
from starterkit_core.addresses import canonical_email
from starterkit_core.db._statements import insert, update
from starterkit_core.db.compiled_query import CompiledGet
from starterkit_core.db.conflicts import retried

_with_user = CompiledGet[Challenge](
    lambda pk: Challenge.objects.select_related("user").filter(pk=pk)
)


def open_challenge(
    user: AbstractBaseUser, address: str, purpose: str, *, target: str = ""
) -> Challenge:
    """Save a new challenge to prove ``address``; void the user's unanswered ones.

    With a ``target``, the address that the account will get, that one is proven.
    """
    supersede(user, purpose)
    return add_challenge(user, address, purpose, target=target)


def add_challenge(
    user: AbstractBaseUser, address: str, purpose: str, *, target: str
) -> Challenge:
    """Save a new challenge as ``open_challenge`` does, but void no other one."""
    now = timezone.now()
    challenge = Challenge(
        purpose=purpose,
        user_id=user.pk,
        address_key=canonical_email(address),
        target=target,
        auth_hash=password_version(user.password),
        key_id=keys.signing_key().id.hex(),
        expires_at=now + conf.CODE_LIFETIME,
        link_expires_at=now + RULES[purpose].link_lifetime,
    )
    insert(challenge)
    return challenge


def find_open(challenge_id: str) -> Challenge | None:
    """Return the challenge with its user, or None if its link is no longer valid."""
    challenge = _with_user.get(challenge_id)
    return challenge if challenge and challenge.has_link_at(timezone.now()) else None


def has_cooled_down(user: AbstractBaseUser, address: str, purpose: str) -> bool:
    """Return whether the last challenge is older than ``RESEND_COOLDOWN``.

    Each one to ``user`` at ``address`` counts, answered or not, whatever request it was
    made for. A mail to a former address proves nothing about this one.
    """
    since = timezone.now() - conf.RESEND_COOLDOWN
    mailbox = {"user_id": user.pk, "address_key": canonical_email(address)}
    challenges = Challenge.objects.filter(**mailbox, purpose=purpose)
    return not challenges.filter(created_at__gt=since).exists()


def supersede(user: AbstractBaseUser, purpose: str) -> None:
    """Void the unanswered challenges of ``user`` with this purpose."""
    now = timezone.now()
    unanswered = {"purpose": purpose, "consumed_at": None, "superseded_at": None}
    replaced = {"superseded_at": now, "updated_at": now}
    update(Challenge, {"user_id": user.pk, **unanswered}, replaced)


def void_all(user: AbstractBaseUser) -> None:
    """Void all unanswered challenges of ``user`` except email reversals.

    The account owner needs those if an attacker has the password.
    """
    now = timezone.now()
    challenges = Challenge.objects.filter(user_id=user.pk).open()
    others = challenges.exclude(purpose=Purpose.EMAIL_REVERSAL)
    others.update(superseded_at=now, updated_at=now)


def void_of_closed(user: AbstractBaseUser) -> None:
    """Void what ``void_all`` voids, and the proof of an address, of a closed account.

    Other events change what a proof is bound to, so they void it by themselves.
    """
    void_all(user)
    PendingRegistration.objects.filter(user_id=user.pk).delete()


def carry_over(user: AbstractBaseUser, former_password: str) -> None:
    """Keep the challenges of ``user`` valid after the same password was rehashed."""
    former = password_version(former_password)
    open_ones = Challenge.objects.filter(user_id=user.pk).open()
    pending = PendingRegistration.objects.filter(user_id=user.pk)
    for rows in (open_ones, pending):
        rows.filter(auth_hash=former).update(auth_hash=password_version(user.password))


def refresh(pending: PendingRegistration) -> None:
    """Read what ``carry_over`` may have saved; ``""`` if the row is gone."""
    rows = PendingRegistration.objects.filter(pk=pending.pk)
    pending.auth_hash = rows.values_list("auth_hash", flat=True).first() or ""


def answer(purpose: str, *, email: str, code: str, token: str) -> Challenge:
    """Return the challenge answered by ``token`` or, if empty, by address and code.

    Raises:
        InvalidConfirmation: no open challenge has this answer.
    """
    if token:
        challenge = find_by_link(token, purpose)
        if challenge is None:
            raise InvalidConfirmation
        return challenge
    return answer_by_code(email, code, purpose)


def answer_by_code(address: str, code: str, purpose: str) -> Challenge:
    """Return the challenge that ``code`` answers; call this outside a transaction.

    Each call uses up one try of the challenge, and a later rollback must not undo that.

    Raises:
        InvalidConfirmation: no open challenge has this code.
    """
    newest = _newest(address, purpose)
    if newest is None or not _count_attempt(newest):
        raise InvalidConfirmation
    if not challenge_secrets.is_code_of(newest, code) or was_closed(newest):
        raise InvalidConfirmation
    return newest


def find_by_link(token: str, purpose: str) -> Challenge | None:
    """Return the open challenge of a link, with its user; None if it has none."""
    challenge_id = challenge_secrets.id_in(token)
    if challenge_id is None:
        return None
    challenges = Challenge.objects.with_link_at(timezone.now()).select_related("user")
    challenge = challenges.filter(pk=challenge_id, purpose=purpose).first()
    if challenge is None or not challenge_secrets.is_link_token_of(challenge, token):
        return None
    return None if was_closed(challenge) else challenge


def was_closed(row: MailedSecret) -> bool:
    """Return whether the account of ``row`` is closed; void what was mailed then.

    A bulk update closes an account unnoticed, and no mail must work once it is open.
    """
    if row.purpose == Purpose.EMAIL_REVERSAL or row.user is None or row.user.is_active:
        return False
    void_of_closed(row.user)
    return True


def lock_owner(challenge: MailedSecret) -> Account:
    """Return the account of the challenge, locked in the open transaction.

    Raises:
        InvalidConfirmation: the account is not active, or has another address or
            password by now.
    """
    account = addresses.look_up_locked(_address_of(challenge))
    if account is None or account.user.pk != challenge.user_id:
        raise InvalidConfirmation
    version = password_version(account.user.password)
    same_password = challenge_secrets.equal(challenge.auth_hash, version)
    if not (same_password and account.user.is_active):
        raise InvalidConfirmation
    return account


def claim(challenge: Challenge) -> None:
    """Mark ``challenge`` as used; of concurrent requests, one succeeds.

    Raises:
        InvalidConfirmation: it was used or replaced before.
    """
    now = timezone.now()
    unused = Challenge.objects.filter(pk=challenge.pk).open()
    if not unused.update(consumed_at=now, updated_at=now):
        raise InvalidConfirmation


def _newest(address: str, purpose: str) -> Challenge | None:
    challenges = Challenge.objects.with_code_at(timezone.now()).select_related("user")
    of_address = challenges.filter(address_key=canonical_email(address))
    return of_address.filter(purpose=purpose).order_by("-id").first()


def _address_of(challenge: MailedSecret) -> str:
    """Return the address as the user model spells it; SQL may find no other one."""
    address = (challenge.user and user_addresses.address_of(challenge.user)) or ""
    is_same = user_addresses.key_or_empty(address) == challenge.address_key
    return address if is_same else challenge.address_key


def _count_attempt(challenge: Challenge) -> bool:
    """Use up one try, atomically; False if none is left."""
    now = timezone.now()
    with_tries = Challenge.objects.with_code_at(now).filter(
        pk=challenge.pk, attempts__lt=conf.CODE_TRIES
    )
    values = {"attempts": F("attempts") + 1, "updated_at": now}
    return retried(lambda: with_tries.update(**values)) == 1
