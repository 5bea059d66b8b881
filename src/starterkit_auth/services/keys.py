"""The key ring: the server's secrets, from which tokens and codes are derived.

A token or challenge contains the id of its key, so keys can be rotated without ending
sessions: add a new key in front, and remove the old one once all its tokens and codes
have expired.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field

from starterkit_auth.conf import signing_keys
from starterkit_core.conf import until_settings_change

ID_BYTES = 4
"""Length of a key's id; if two keys share an id by chance, both are tried."""


@dataclass(frozen=True, slots=True)
class Key:
    """One secret of the ring."""

    id: bytes
    """Identifies the key in tokens and challenges; does not reveal the secret."""

    secret: bytes = field(repr=False)


def signing_key() -> Key:
    """Return the key that new tokens and codes are made with."""
    return _ring()[0]


def keys_named(key_id: bytes) -> Iterator[Key]:
    """Yield the keys of the ring with this id: none if it was removed, usually one."""
    return (key for key in _ring() if key.id == key_id)


def derive(secret: bytes, *, salt: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes for one purpose, by HKDF-SHA-256 (RFC 5869, section 2)."""
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")


@until_settings_change
def _ring() -> tuple[Key, ...]:
    return tuple(_key(secret.encode()) for secret in signing_keys())


def _key(secret: bytes) -> Key:
    name = derive(secret, salt=b"starterkit_auth", purpose=b"key id")
    return Key(name[:ID_BYTES], secret)
