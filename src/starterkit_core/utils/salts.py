"""Random salts, so that secrets derived from one row differ from those of any other."""

import secrets

SALT_BYTES = 16


def new_salt() -> bytes:
    """Return a new random salt."""
    return secrets.token_bytes(SALT_BYTES)
