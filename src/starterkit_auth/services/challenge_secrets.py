"""The code and the link in a mail: derived when needed, never stored.

Each is an HMAC-SHA-256 under a key for its purpose, which HKDF derives from a key of
the ring and the salt of the row. So neither the database nor a queue holds a usable
secret, and the mail is built from the id of the row alone.

The token of a registration is derived likewise. It is not mailed: the client that
signed up gets it, and no other one.
"""

import base64
import binascii
import hmac
import secrets
from uuid import UUID

from starterkit_auth.models import Challenge, PendingRegistration
from starterkit_auth.services import keys
from starterkit_core.utils.secrets import Secret
from starterkit_core.utils.uuid7 import uuid7

MailedSecret = Challenge | PendingRegistration

LINK_PREFIX = "skl_"
"""Prefix of a link's token, so that scanners for leaked secrets find it."""

REGISTRATION_PREFIX = "skg_"
"""Prefix of the token that only the client of a registration gets."""

CODE_DIGITS = 6

_ID_BYTES = 16
_MAC_BYTES = 32


def code_of(row: MailedSecret) -> Secret:
    """Return the six digits, or ``""`` if their key is no longer in the ring."""
    mac = _mac(row, b"code", row.bound_to())
    number = int.from_bytes(mac) % 10**CODE_DIGITS
    return Secret(f"{number:0{CODE_DIGITS}}" if mac else "")


def link_token_of(row: MailedSecret) -> Secret:
    """Return the token, or ``""`` if its key is no longer in the ring."""
    return _token(LINK_PREFIX, row, _mac(row, b"link", row.bound_to()))


def registration_token_of(pending: PendingRegistration) -> Secret:
    """Return what the client of the registration gets, the same after each mail.

    ``""`` if its key is no longer in the ring.
    """
    bound_to = f"{pending.user_id} {pending.address_key}"
    mac = _mac(pending, b"registration", bound_to)
    return _token(REGISTRATION_PREFIX, pending, mac)


def random_registration_token() -> Secret:
    """Return a token of no registration, in the shape of the others."""
    content = uuid7().bytes + secrets.token_bytes(_MAC_BYTES)
    return Secret(REGISTRATION_PREFIX + base64.urlsafe_b64encode(content).decode())


def is_code_of(row: MailedSecret, given: str) -> bool:
    """Return whether ``given`` is the code; spaces are ignored."""
    expected = code_of(row)
    return bool(expected) and equal(Secret("".join(given.split())), expected)


def is_link_token_of(row: MailedSecret, given: str) -> bool:
    """Return whether ``given`` is the token of the link."""
    expected = link_token_of(row)
    return bool(expected) and equal(given, expected)


def is_registration_token_of(pending: PendingRegistration, given: str) -> bool:
    """Return whether ``given`` is what the client of the registration got."""
    expected = registration_token_of(pending)
    return bool(expected) and equal(given, expected)


def id_in(token: str) -> UUID | None:
    """Return the id in ``token``, not verified; None if it is malformed."""
    for prefix in (LINK_PREFIX, REGISTRATION_PREFIX):
        token = Secret(token.removeprefix(prefix))
    try:
        content = base64.b64decode(token, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    well_formed = len(content) == _ID_BYTES + _MAC_BYTES
    return UUID(bytes=content[:_ID_BYTES]) if well_formed else None


def equal(given: str, expected: str) -> bool:
    """Return whether both texts are equal, compared in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _token(prefix: str, row: MailedSecret, mac: bytes) -> Secret:
    content = base64.urlsafe_b64encode(row.pk.bytes + mac).decode()
    return Secret(prefix + content if mac else "")


def _mac(row: MailedSecret, kind: bytes, bound_to: str) -> bytes:
    key = next(keys.keys_named(bytes.fromhex(row.key_id)), None)
    if key is None:
        return b""
    purpose = f"starterkit_auth.challenge.{row.purpose}".encode()
    secret = keys.derive(key.secret, salt=bytes(row.salt), purpose=purpose)
    message = kind + row.pk.bytes + bound_to.encode()
    return hmac.digest(secret, message, "sha256")
