"""Tokens: derived from a session's row and a key of the server, and stored nowhere.

A token is a prefix that secret scanners know, and in base64url (RFC 4648, section 5):
version, id of the key, id of the session, generation, for access tokens the time they
expire, an HMAC-SHA-256 of all that and of the salt of the session, and a tag. The key
of the HMAC is derived from a key of the ring, and is another for each kind. So

* forging one takes the key and the row, and neither alone is worth anything,
* one kind never passes for another,
* the same token can be made again, which no stored digest allows.

The tag is a short HMAC of everything else, under a key of its own that is derived from
the ring alone. It proves less, but it is checked without the row: whatever we have not
made is refused before it costs a query.
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

from starterkit_auth.models.session import AbstractSession
from starterkit_auth.services.keys import Key, derive, keys_named, signing_key

VERSION = 1
MAC_BYTES = 32
HEAD = struct.Struct(">B4s16sI")
"""Version, id of the key, id of the session, generation."""

TAG_BYTES = 9
EXPIRY_BYTES = 6
"""Seconds since 1970. With it, as without, three bytes divide the length of a token,
so that base64 has one spelling for it."""

SHAPE = re.compile(r"(sk[arc]_)([A-Za-z0-9_-]{88}|[A-Za-z0-9_-]{96})", re.ASCII)


class Kind(Enum):
    """What a token is for; the value is its prefix."""

    ACCESS = "ska_"
    REFRESH = "skr_"
    COOKIE = "skc_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a token says. Believe it once ``is_made_for`` has said yes."""

    kind: Kind
    key_id: bytes
    session_id: UUID
    generation: int
    expires_at: datetime | None
    signed: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    def is_made_for(self, session: AbstractSession) -> bool:
        """Say whether we made this token, and for ``session``."""
        return any(
            hmac.compare_digest(self.mac, _mac(key, session, self.kind, self.signed))
            for key in keys_named(self.key_id)
        )


def mint(
    kind: Kind, session: AbstractSession, *, expires_at: datetime | None = None
) -> str:
    """Return the token of this kind for ``session`` in its present generation.

    Access tokens expire by themselves; the others live as long as the session.
    """
    key = signing_key()
    head = HEAD.pack(VERSION, key.id, session.pk.bytes, session.generation)
    signed = head + (_packed(expires_at) if expires_at else b"")
    tagged = signed + _mac(key, session, kind, signed)
    return (
        kind.value + base64.urlsafe_b64encode(tagged + _tag(key, kind, tagged)).decode()
    )


def parse(text: str) -> Token | None:
    """Return what ``text`` says, or nothing when it is no token that we have tagged."""
    shaped = SHAPE.fullmatch(text)
    if shaped is None:
        return None
    kind, raw = Kind(shaped[1]), base64.urlsafe_b64decode(shaped[2])
    tagged, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    version, key_id, session_id, generation = HEAD.unpack_from(tagged)
    signed, mac = tagged[:-MAC_BYTES], tagged[-MAC_BYTES:]
    expiry = signed[HEAD.size :]
    if version != VERSION or bool(expiry) != (kind is Kind.ACCESS):
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


def _mac(key: Key, session: AbstractSession, kind: Kind, signed: bytes) -> bytes:
    """Return what only the key and the row together make.

    What is signed has one length for each kind, so the salt cannot be taken for it.
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
    """Return what follows from the ring alone, and so may be kept in the process."""
    full = (purpose + kind.value).encode()
    return derive(key.secret, salt=b"starterkit_auth", purpose=full)


def _packed(moment: datetime) -> bytes:
    return int(moment.timestamp()).to_bytes(EXPIRY_BYTES, "big")


def _unpacked(expiry: bytes) -> datetime:
    """Return the moment; the end of time for what no calendar holds."""
    try:
        return datetime.fromtimestamp(int.from_bytes(expiry, "big"), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
