"""Groups of settings to unpack into ``STARTERKIT_AUTH = {**…, …}``."""

from datetime import timedelta


def strict_sessions() -> dict[str, timedelta]:
    """Return shorter session lifetimes for sensitive projects (ASVS 5.0, 7.3)."""
    return {
        "IDLE_LIFETIME": timedelta(hours=24),
        "ABSOLUTE_LIFETIME": timedelta(days=30),
    }
