"""The kinds of access that an endpoint can have."""

from enum import Enum


class Access(Enum):
    """Who may call an endpoint."""

    PUBLIC = "public"
    """Everybody; a credential in the request is not read."""

    OPTIONAL = "optional"
    """Everybody; a credential in the request is read, and a dead one is like none."""

    SIGNED_IN = "signed_in"
    """A signed-in user, even one whom an access gate would stop."""

    GATED = "gated"
    """A signed-in user whom every access gate lets through."""
