"""Tokens: derived from a session's row and a key of the server, and stored nowhere.

A token is a prefix that secret scanners know, and in base64url (RFC 4648, section 5):
version, id of the key, id of the session, generation, for access tokens the time they
expire, and an HMAC-SHA-256 of all that. The key of the HMAC is derived from a key of
the ring, the salt of the session, and the kind. So

* forging one takes the key and the row, and neither alone is worth anything,
* one kind never passes for another,
* the same token can be made again, which no stored digest allows.
"""

import base64
import hmac
import re
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

from starterkit_auth.models.session import AbstractSession
from starterkit_auth.services.keys import Key, derive, keys_named, signing_key

VERSION = 1
MAC_BYTES = 32
HEAD = struct.Struct(">B4s16sI")
"""Version, id of the key, id of the session, generation."""

EXPIRY_BYTES = 6
"""Seconds since 1970. With it, as without, three bytes divide the length of a token,
so that base64 has one spelling for it."""

SHAPE = re.compile(r"(sk[arc]_)(?:[A-Za-z0-9_-]{76}|[A-Za-z0-9_-]{84})", re.ASCII)


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
    expiry = _packed(expires_at) if expires_at else b""
    signed = head + expiry
    mac = _mac(key, session, kind, signed)
    return kind.value + base64.urlsafe_b64encode(signed + mac).decode()


def parse(text: str) -> Token | None:
    """Return what ``text`` says, or nothing when it is not shaped like a token."""
    shaped = SHAPE.fullmatch(text)
    if shaped is None:
        return None
    kind = Kind(shaped[1])
    raw = base64.urlsafe_b64decode(text.removeprefix(kind.value))
    signed, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    version, key_id, session_id, generation = HEAD.unpack_from(signed)
    expiry = signed[HEAD.size :]
    if version != VERSION or bool(expiry) != (kind is Kind.ACCESS):
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
    purpose = b"starterkit_auth token " + kind.value.encode()
    secret = derive(key.secret, salt=bytes(session.salt), purpose=purpose)
    return hmac.digest(secret, signed, "sha256")


def _packed(moment: datetime) -> bytes:
    return int(moment.timestamp()).to_bytes(EXPIRY_BYTES, "big")


def _unpacked(expiry: bytes) -> datetime:
    """Return the moment; the end of time for what no calendar holds."""
    try:
        return datetime.fromtimestamp(int.from_bytes(expiry, "big"), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
