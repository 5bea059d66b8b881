"""Random salts, which make what is derived from one row that row's own."""

import secrets

SALT_BYTES = 16


def new_salt() -> bytes:
    """Return a new random salt."""
    return secrets.token_bytes(SALT_BYTES)
