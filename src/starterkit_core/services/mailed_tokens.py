"""Tokens of links in mails: derived when needed, never stored, not even as a hash.

A token is an HMAC-SHA-256 under a key of the server, over the row it belongs to. So
neither the database nor a queue holds a usable secret, and a mail is built from the id
of the row alone. A new ``salt`` of the row makes the former token void.

Each kind has a purpose, so a token of one kind opens nothing of another one.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from django.utils.crypto import salted_hmac

from starterkit_core.conf import secret_keys
from starterkit_core.utils.secrets import Secret

_ID_BYTES = 16
_MAC_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKind:
    """One kind of token."""

    prefix: str
    """Such as ``skn_``, so that scanners for leaked secrets find it."""

    purpose: str
    """Unique name, such as ``starterkit_users.invitation``."""

    def token(self, row_id: UUID, salt: bytes, bound_to: str = "") -> Secret:
        """Return the token of a row, the same until ``salt`` or ``bound_to`` changes.

        By the first of ``SECRET_KEY`` and ``SECRET_KEY_FALLBACKS``.
        """
        return self._token(secret_keys()[0], row_id, salt, bound_to)

    def is_token(
        self, given: str, row_id: UUID, salt: bytes, bound_to: str = ""
    ) -> bool:
        """Return whether ``given`` is the token of this row, by any of the keys."""
        is_right = False
        for key in secret_keys():  # each of them: the time does not tell which it was
            expected = self._token(key, row_id, salt, bound_to)
            is_right |= hmac.compare_digest(given.encode(), expected.encode())
        return is_right

    def id_in(self, given: str) -> UUID | None:
        """Return the id in a token, not verified; None if it is malformed."""
        if not given.startswith(self.prefix):
            return None
        try:
            content = base64.b64decode(
                Secret(given.removeprefix(self.prefix)), altchars=b"-_", validate=True
            )
        except (ValueError, binascii.Error):
            return None
        well_formed = len(content) == _ID_BYTES + _MAC_BYTES
        return UUID(bytes=content[:_ID_BYTES]) if well_formed else None

    def _token(self, key: str, row_id: UUID, salt: bytes, bound_to: str) -> Secret:
        message = row_id.bytes + salt + bound_to.encode()
        mac = salted_hmac(self.purpose, message, secret=key, algorithm="sha256")
        content = base64.urlsafe_b64encode(row_id.bytes + mac.digest()).decode()
        return Secret(self.prefix + content)
