"""The code and the link of a challenge: derived when needed, never stored.

Both are HMAC-SHA-256 under a key for their purpose, which HKDF derives from a key of
the ring and the salt of the row. So neither the database nor a queue holds a usable
secret, and the mail is built from the id of the challenge alone.
"""

import base64
import binascii
import hmac
from uuid import UUID

from starterkit_auth.models import Challenge
from starterkit_auth.services import keys
from starterkit_core.utils.secrets import Secret

LINK_PREFIX = "skl_"
"""Prefix of a link's token, so that scanners for leaked secrets find it."""

CODE_DIGITS = 6

_ID_BYTES = 16
_MAC_BYTES = 32


def code_of(challenge: Challenge) -> Secret:
    """Return the six digits, or ``""`` if their key is no longer in the ring."""
    mac = _mac(challenge, b"code")
    number = int.from_bytes(mac) % 10**CODE_DIGITS
    return Secret(f"{number:0{CODE_DIGITS}}" if mac else "")


def link_token_of(challenge: Challenge) -> Secret:
    """Return the token, or ``""`` if its key is no longer in the ring."""
    mac = _mac(challenge, b"link")
    content = base64.urlsafe_b64encode(challenge.pk.bytes + mac).decode()
    return Secret(LINK_PREFIX + content if mac else "")


def is_code_of(challenge: Challenge, given: str) -> bool:
    """Return whether ``given`` is the code; spaces are ignored."""
    expected = code_of(challenge)
    return bool(expected) and equal(Secret("".join(given.split())), expected)


def is_link_token_of(challenge: Challenge, given: str) -> bool:
    """Return whether ``given`` is the token of the link."""
    expected = link_token_of(challenge)
    return bool(expected) and equal(given, expected)


def challenge_id_in(token: str) -> UUID | None:
    """Return the id in ``token``, not verified; None if it is malformed."""
    try:
        content = base64.b64decode(
            token.removeprefix(LINK_PREFIX), altchars=b"-_", validate=True
        )
    except (ValueError, binascii.Error):
        return None
    well_formed = len(content) == _ID_BYTES + _MAC_BYTES
    return UUID(bytes=content[:_ID_BYTES]) if well_formed else None


def equal(given: str, expected: str) -> bool:
    """Return whether both texts are equal, compared in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


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
