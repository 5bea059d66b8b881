"""Codes and links that prove who reads the mail of an address.

Both are derived: HMAC-SHA-256 under a key of their purpose, which HKDF makes from a key
of the ring and the salt of the row. So nothing that could be used lies in the database
or waits in a queue, and the mail is written from the id of the challenge alone.

A code has six digits, so tries are counted, each before it is judged: parallel guesses
get no more of them. A link has 256 bits and needs no counting, and so whoever guesses
codes of somebody else's address does not spoil the link.

A challenge is bound to one purpose, account, address and password: with another
password, wherever that was set, it is void.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models.challenge import Challenge
from starterkit_auth.services import addresses, keys
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.sessions import password_version
from starterkit_core.errors import RateLimited
from starterkit_core.ports.client import Client
from starterkit_core.services.compiled_query import CompiledGet
from starterkit_core.services.compiled_statements import insert, update
from starterkit_core.services.limits import Limit, consume, consume_all
from starterkit_core.utils.client_address import network_of
from starterkit_core.utils.emails import canonical_email

REGISTRATION = "registration"
"""Purpose: prove the address of an account."""

PASSWORD_RESET = "password_reset"  # noqa: S105  # a word, no secret
"""Purpose: set a new password for an account whose mail one reads."""

EMAIL_CHANGE = "email_change"
"""Purpose: prove the address that an account is to have."""

EMAIL_REVERSAL = "email_reversal"
"""Purpose: bring back the address that an account had."""

LINK_PREFIX = "skl_"
"""What a link's token begins with, for whoever scans for leaked secrets."""

CODE_DIGITS = 6

_ID_BYTES = 16
_MAC_BYTES = 32

_with_user = CompiledGet[Challenge](
    lambda pk: Challenge.objects.select_related("user").filter(pk=pk)
)


def send_confirmation(user: AbstractBaseUser, address: str, client: Client) -> None:
    """Mail a new code and link, unless this address got many mails lately.

    Former ones of the user, who is locked before, die. Nobody is told whether a mail
    goes out. Nothing happens, either, when the address is no longer theirs.

    Raises:
        ServiceUnavailable: the cache that counts is down.
    """
    if not room_for_mail(address):
        return
    with transaction.atomic():
        account = addresses.look_up_locked(address)
        if account and account.user.pk == user.pk:
            mail_confirmation(open_challenge(account.user, address), client)


def mail_confirmation(challenge: Challenge, client: Client) -> None:
    """Send code and link of ``challenge`` after the commit."""
    # The mail reads challenges, so this is the one place where the two meet.
    from starterkit_auth.mails import OF_PURPOSE  # noqa: PLC0415

    mail = OF_PURPOSE[challenge.purpose]
    mail(challenge_id=str(challenge.pk), language=client.language).send_later()


def mail_nobody(purpose: str, client: Client) -> None:
    """Queue a mail that goes to nobody: it takes as long as one that does."""
    from starterkit_auth.mails import OF_PURPOSE  # noqa: PLC0415

    OF_PURPOSE[purpose](challenge_id="", language=client.language).send_later()


def room_for_mail(address: str, purpose: str = REGISTRATION) -> bool:
    """Count one mail to ``address`` and say whether it may still be sent.

    Each purpose has counters of its own: who asks for mails of one kind in somebody
    else's name keeps none of another kind from them.

    Raises:
        ServiceUnavailable: the cache that counts is down.
    """
    scope = f"mail.{purpose}"
    per_address = Limit.parse(f"{scope}.address", conf.RESEND_ADDRESS_LIMIT)
    everybody = Limit.parse(f"{scope}.everybody", conf.RESEND_GLOBAL_LIMIT)
    try:
        consume_all([(per_address, canonical_email(address)), (everybody, "")])
    except RateLimited:
        return False
    return True


def open_challenge(
    user: AbstractBaseUser,
    address: str,
    purpose: str = REGISTRATION,
    *,
    target: str = "",
) -> Challenge:
    """Ask ``user`` to prove ``address``; what was asked before is void.

    With a ``target``, which the account is to have, it is that which they prove.
    """
    supersede(user, purpose)
    return add_challenge(user, address, purpose, target=target)


def add_challenge(
    user: AbstractBaseUser, address: str, purpose: str, *, target: str
) -> Challenge:
    """Do as ``open_challenge``, and leave alone what was asked before."""
    now = timezone.now()
    challenge = Challenge(
        purpose=purpose,
        user_id=user.pk,
        address_key=canonical_email(address),
        target=target,
        auth_hash=password_version(user.password),
        key_id=keys.signing_key().id.hex(),
        expires_at=now + conf.CODE_LIFETIME,
        link_expires_at=now + link_lifetime(purpose),
    )
    insert(challenge)
    return challenge


def to_mail(challenge_id: str) -> Challenge | None:
    """Return the challenge with its user, if a link can still answer it."""
    challenge = _with_user.get(challenge_id)
    return challenge if challenge and challenge.has_link_at(timezone.now()) else None


def link_lifetime(purpose: str) -> timedelta:
    """Return how long a link works; one that opens an account works for less."""
    if purpose == PASSWORD_RESET:
        return conf.RESET_LINK_LIFETIME
    reverses = purpose == EMAIL_REVERSAL
    return conf.EMAIL_REVERSAL_LIFETIME if reverses else conf.LINK_LIFETIME


def was_asked_since(
    moment: datetime, user: AbstractBaseUser, purpose: str = REGISTRATION
) -> bool:
    """Say whether ``user`` was asked after ``moment``, answered or not."""
    challenges = Challenge.objects.filter(user_id=user.pk, purpose=purpose)
    return challenges.filter(created_at__gt=moment).exists()


def supersede(user: AbstractBaseUser, purpose: str = REGISTRATION) -> None:
    """Void what ``user`` has not answered yet."""
    now = timezone.now()
    unanswered = {"purpose": purpose, "consumed_at": None, "superseded_at": None}
    replaced = {"superseded_at": now, "updated_at": now}
    update(Challenge, {"user_id": user.pk, **unanswered}, replaced)


def void_all(user: AbstractBaseUser) -> None:
    """Void whatever ``user`` has not answered yet, but for the ways to undo.

    Those are for the owner of an account that somebody else has the password of.
    """
    now = timezone.now()
    challenges = Challenge.objects.filter(user_id=user.pk).open()
    others = challenges.exclude(purpose=EMAIL_REVERSAL)
    others.update(superseded_at=now, updated_at=now)


def carry_over(user: AbstractBaseUser, former_password: str) -> None:
    """Keep the challenges of ``user``: the password was only stored in a new way."""
    challenges = Challenge.objects.filter(user_id=user.pk).open()
    challenges.filter(auth_hash=password_version(former_password)).update(
        auth_hash=password_version(user.password)
    )


def count_request(purpose: str, client: Client) -> None:
    """Count that the network of ``client`` asks for a mail; whose plays no part.

    Raises:
        RateLimited: it asked too often.
        ServiceUnavailable: the cache that counts is down.
    """
    network = Limit.parse(f"mail.{purpose}.network", conf.RESEND_NETWORK_LIMIT)
    consume(network, network_of(client.address))


def count_try(purpose: str, client: Client, *, address: str = "") -> None:
    """Count one answer from the network of ``client``.

    One by code counts for its ``address`` too, known or not.

    Raises:
        RateLimited: there were too many.
        ServiceUnavailable: the cache that counts is down.
    """
    rate = conf.CONFIRMATION_NETWORK_LIMIT
    network = Limit.parse(f"answer.{purpose}.network", rate)
    counted = [(network, network_of(client.address))]
    if address:
        rate = conf.CONFIRMATION_ADDRESS_LIMIT
        per_address = Limit.parse(f"answer.{purpose}.address", rate)
        counted.append((per_address, canonical_email(address)))
    consume_all(counted)


def answered_by_code(
    address: str, code: str, purpose: str = REGISTRATION
) -> Challenge | None:
    """Return the challenge that ``code`` answers; call it outside a transaction.

    Each call is one of the few tries that a challenge allows, and stays counted
    whatever happens afterwards.
    """
    newest = _newest(address, purpose)
    if newest is None or not _count_attempt(newest):
        return None
    given, expected = "".join(code.split()), code_of(newest)
    return newest if expected and _equal(given, expected) else None


def answered_by_link(token: str, purpose: str = REGISTRATION) -> Challenge | None:
    """Return the challenge that the token of a link answers."""
    challenge_id = _id_in(token)
    challenges = Challenge.objects.with_link_at(timezone.now())
    challenge = (
        challenge_id and challenges.filter(pk=challenge_id, purpose=purpose).first()
    )
    if not challenge:
        return None
    expected = link_token_of(challenge)
    return challenge if expected and _equal(token, expected) else None


def lock_owner(challenge: Challenge) -> Account | None:
    """Return whose challenge this is, locked in the open transaction.

    Nothing when the account is not active, or has another address or password by now.
    """
    account = addresses.look_up_locked(challenge.address_key)
    if account is None or account.user.pk != challenge.user_id:
        return None
    same_password = _equal(challenge.auth_hash, password_version(account.user.password))
    return account if same_password and account.user.is_active else None


def use_up(challenge: Challenge) -> bool:
    """Claim ``challenge``; of many at once, one is told yes."""
    now = timezone.now()
    unused = Challenge.objects.filter(pk=challenge.pk).open()
    return unused.update(consumed_at=now, updated_at=now) == 1


def code_of(challenge: Challenge) -> str:
    """Return the six digits, or nothing when their key was dropped from the ring."""
    mac = _mac(challenge, b"code")
    number = int.from_bytes(mac) % 10**CODE_DIGITS
    return f"{number:0{CODE_DIGITS}}" if mac else ""


def link_token_of(challenge: Challenge) -> str:
    """Return the token, or nothing when its key was dropped from the ring."""
    mac = _mac(challenge, b"link")
    content = base64.urlsafe_b64encode(challenge.pk.bytes + mac).decode()
    return LINK_PREFIX + content if mac else ""


def _newest(address: str, purpose: str) -> Challenge | None:
    challenges = Challenge.objects.with_code_at(timezone.now())
    of_address = challenges.filter(address_key=canonical_email(address))
    return of_address.filter(purpose=purpose).order_by("-id").first()


def _count_attempt(challenge: Challenge) -> bool:
    """Take one of the tries that are left, in one step that nobody can come between."""
    left = Challenge.objects.with_code_at(timezone.now()).filter(
        pk=challenge.pk, attempts__lt=conf.CODE_TRIES
    )
    return left.update(attempts=F("attempts") + 1, updated_at=timezone.now()) == 1


def _mac(challenge: Challenge, kind: bytes) -> bytes:
    key = next(keys.keys_named(bytes.fromhex(challenge.key_id)), None)
    if key is None:
        return b""
    purpose = f"starterkit_auth.challenge.{challenge.purpose}".encode()
    secret = keys.derive(key.secret, salt=bytes(challenge.salt), purpose=purpose)
    to_prove = f"{challenge.address_key} {challenge.target}"
    bound_to = f"{challenge.user_id} {to_prove}".encode()
    message = kind + challenge.pk.bytes + bound_to
    return hmac.digest(secret, message, "sha256")


def _id_in(token: str) -> UUID | None:
    """Return the id that ``token`` names; whether it is genuine is another matter."""
    try:
        content = base64.b64decode(
            token.removeprefix(LINK_PREFIX), altchars=b"-_", validate=True
        )
    except (ValueError, binascii.Error):
        return None
    well_formed = len(content) == _ID_BYTES + _MAC_BYTES
    return UUID(bytes=content[:_ID_BYTES]) if well_formed else None


def _equal(given: str, expected: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())
