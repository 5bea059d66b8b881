"""Tokens: derived from a session's row and a key of the server, and never stored.

A token is a prefix for secret scanners and, in base64url (RFC 4648, section 5):
version, id of the key, id of the session, generation, for access tokens the time they
expire, an HMAC-SHA-256 of all that and of the salt of the session, and a tag. The key
of the HMAC is derived from a key of the ring, and is different for each kind. So

* forging one takes both the key and the row; one of them alone is not enough,
* a token of one kind is never accepted as another kind,
* the same token can be generated again, which a stored digest would not allow.

The tag is a short HMAC of everything else, under a separate key that is derived from
the ring alone. It proves less, but it is checked without the row: a forged token is
refused before it costs a query.
"""

import base64
import hmac
import re
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from uuid import UUID

from starterkit_auth.models import AbstractSession, Impersonation
from starterkit_auth.services.keys import Key, derive, keys_named, signing_key
from starterkit_core.utils.secrets import Secret, SecretBytes

VERSION = 1
MAC_BYTES = 32
HEAD = struct.Struct(">B4s16sI")
"""Version, id of the key, id of the session, generation."""

PREFIX_LENGTH = 4
TAG_BYTES = 9
EXPIRY_BYTES = 6
"""Bytes for seconds since 1970. The length of a token, with or without them, is a
multiple of three bytes, so that it has exactly one base64 spelling."""

SHAPE = re.compile(r"sk[acdir]_(?:[A-Za-z0-9_-]{88}|[A-Za-z0-9_-]{96})", re.ASCII)


class Kind(Enum):
    """What a token is for; the value is its prefix."""

    ACCESS = "ska_"
    REFRESH = "skr_"
    COOKIE = "skc_"
    DEVICE = "skd_"
    """Opens no session: it proves that a browser had this session."""

    IMPERSONATION = "ski_"
    """Lets an administrator act as another user; there is no refresh token."""


EXPIRING = frozenset({Kind.ACCESS, Kind.IMPERSONATION})
"""The kinds whose tokens say when they expire."""

Source = AbstractSession | Impersonation
"""The rows that tokens are derived from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The content of a token; trust it only after ``is_made_for`` returned True."""

    kind: Kind
    key_id: bytes
    session_id: UUID
    """The id of the row that it is derived from."""

    generation: int
    expires_at: datetime | None
    """In UTC."""

    signed: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    def is_made_for(self, session: Source) -> bool:
        """Return whether this is a genuine token of ``session``."""
        return any(
            hmac.compare_digest(self.mac, _mac(key, session, self.kind, self.signed))
            for key in keys_named(self.key_id)
        )


def mint(kind: Kind, session: Source, *, expires_at: datetime | None = None) -> Secret:
    """Return the token of this kind for ``session`` in its current generation.

    The kinds in ``EXPIRING`` have an ``expires_at``; the others last as long as the
    session.
    """
    key = signing_key()
    head = HEAD.pack(VERSION, key.id, session.pk.bytes, session.generation)
    signed = head + (_packed(expires_at) if expires_at else b"")
    tagged = SecretBytes(signed + _mac(key, session, kind, signed))
    content = base64.urlsafe_b64encode(tagged + _tag(key, kind, tagged))
    return Secret(kind.value + content.decode())


def parse(text: str) -> Token | None:
    """Return the content of ``text``, or None if malformed or its tag is wrong."""
    if not SHAPE.fullmatch(text):
        return None
    kind, raw = _unwrapped(text)
    tagged, tag = SecretBytes(raw[:-TAG_BYTES]), raw[-TAG_BYTES:]
    version, key_id, session_id, generation = HEAD.unpack_from(tagged)
    signed, mac = tagged[:-MAC_BYTES], SecretBytes(tagged[-MAC_BYTES:])
    expiry = signed[HEAD.size :]
    if version != VERSION or bool(expiry) != (kind in EXPIRING):
        return None
    if not _is_tagged(key_id, kind, tagged, tag):
        return None
    return Token(
        kind=kind,
        key_id=key_id,
        session_id=UUID(bytes=session_id),
        generation=generation,
        expires_at=_unpacked(expiry) if expiry else None,
        signed=signed,
        mac=mac,
    )


def _unwrapped(text: str) -> tuple[Kind, SecretBytes]:
    """Return kind and content of a well-formed token."""
    content = base64.urlsafe_b64decode(text[PREFIX_LENGTH:])
    return Kind(text[:PREFIX_LENGTH]), SecretBytes(content)


def _mac(key: Key, session: Source, kind: Kind, signed: bytes) -> bytes:
    """Return the HMAC, which takes the key and the row.

    ``signed`` has a fixed length per kind, so it cannot be confused with the salt.
    """
    secret = _secret(key, "starterkit_auth token ", kind)
    return hmac.digest(secret, signed + session.salt, "sha256")


def _is_tagged(key_id: bytes, kind: Kind, tagged: bytes, tag: bytes) -> bool:
    return any(
        hmac.compare_digest(tag, _tag(key, kind, tagged)) for key in keys_named(key_id)
    )


def _tag(key: Key, kind: Kind, tagged: bytes) -> bytes:
    return hmac.digest(_secret(key, "starterkit_auth tag ", kind), tagged, "sha256")[
        :TAG_BYTES
    ]


@lru_cache(maxsize=64)
def _secret(key: Key, purpose: str, kind: Kind) -> bytes:
    """Return a key that depends on the ring alone, so it can be cached."""
    full = (purpose + kind.value).encode()
    return derive(key.secret, salt=b"starterkit_auth", purpose=full)


def _packed(moment: datetime) -> bytes:
    return int(moment.timestamp()).to_bytes(EXPIRY_BYTES, "big")


def _unpacked(expiry: bytes) -> datetime:
    """Return the datetime; ``datetime.max`` if the value is out of range."""
    try:
        return datetime.fromtimestamp(int.from_bytes(expiry, "big"), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
