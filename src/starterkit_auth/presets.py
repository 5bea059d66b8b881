"""Settings of this app that belong together; ``STARTERKIT_AUTH = {**…, …}``."""

from datetime import timedelta


def strict_sessions() -> dict[str, timedelta]:
    """Return lifetimes for what must be guarded better (ASVS 5.0, 7.3)."""
    return {
        "IDLE_LIFETIME": timedelta(hours=24),
        "ABSOLUTE_LIFETIME": timedelta(days=30),
    }
